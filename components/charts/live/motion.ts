/** Moves a layer to the left at a constant speed. The compositor moves it: no script runs once it has begun. */
export interface Motion {
  /** Stops with the layer moved by `px` to the left. */
  hold(px: number): void;
  /** Moves on from `px`; `pxPerMs` does not change. Does nothing where the running motion is at `px` already. */
  glide(px: number, pxPerMs: number): void;
}

const aheadMs = 90_000;
/** A larger difference means that the clock was set; network jitter moves the layer by less. */
const toleratedPx = 1;

/** Whole pixels of the screen, or lines would blur while they move. */
const snapped = (px: number) => Math.round(px * devicePixelRatio) / devicePixelRatio;
const shifted = (px: number) => `translateX(${-snapped(px)}px)`;

export function createMotion(layer: SVGSVGElement): Motion {
  let running: { readonly animation: Animation; readonly fromPx: number; readonly sinceMs: number } | null =
    null;

  function stop(): void {
    running?.animation.cancel();
    running = null;
  }

  return {
    hold(px) {
      stop();
      layer.style.transform = shifted(px);
    },
    glide(px, pxPerMs) {
      const now = performance.now();
      if (running) {
        const elapsedMs = now - running.sinceMs;
        const expected = running.fromPx + elapsedMs * pxPerMs;
        if (Math.abs(expected - px) < toleratedPx && elapsedMs < aheadMs / 2) return;
      }
      stop();
      const distance = aheadMs * pxPerMs;
      const pixels = Math.max(1, Math.round(distance * devicePixelRatio));
      layer.style.transform = shifted(px);
      const animation = layer.animate(
        [{ transform: shifted(px) }, { transform: shifted(px + distance) }],
        // A pixel at a time: frames in between would look the same and cost the compositor as much.
        { duration: aheadMs, easing: `steps(${pixels})`, fill: 'forwards' },
      );
      running = { animation, fromPx: px, sinceMs: now };
    },
  };
}
