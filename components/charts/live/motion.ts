/** Moves a layer to the left at a constant speed, without this thread once it is under way. */
export interface Motion {
  /** Stands still with what is `px` to the right of its left edge at the left edge of the plot. */
  hold(px: number): void;
  /** Goes on from there; `pxPerMs` does not change. Nothing happens where it is on its way already. */
  glide(px: number, pxPerMs: number): void;
}

const aheadMs = 90_000;
/** So far off, the clock was set: a stamp that came quicker than those before moves less. */
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
