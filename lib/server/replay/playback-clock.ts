/** What to do about the next moment. */
export type Verdict =
  | { readonly kind: 'due' }
  /** Real milliseconds until it is due. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Nothing happened for long: the clock stands at its end now, so ask again. Unix ms. */
  | { readonly kind: 'hole'; readonly from: number; readonly to: number };

export interface Pacer {
  /** The replay's clock: Unix ms. */
  clock(nowMs: number): number;
  /** About a moment at `t` (Unix ms), where measurements are `spacingMs` apart. `nowMs` is monotonic. */
  judge(t: number, spacingMs: number, nowMs: number): Verdict;
  /** Whether nothing from the last moment to `t` is a hole. */
  isHole(t: number, spacingMs: number): boolean;
  /** Of the last moment: Unix ms. */
  readonly last: number;
}

export interface PacerOptions {
  /** Where the clock begins: Unix ms. What lies before it is due at once. */
  readonly from: number;
  /** Where the stream begins: earlier with a window. */
  readonly start: number;
  readonly speed: number;
  /** Monotonic. */
  readonly nowMs: number;
}

/** Nobody waits longer than this for nothing: real time. */
const holeMs = 10_000;
/** Within this many measurements, nothing is missing. */
const missedSpacings = 2.5;
/** Samples of one tick and of lanes of their own may be in any order within this. */
const disorderMs = 5_000;
/** A client that is this far behind, in real time, has the clock wait for it. */
const slackMs = 2_000;

/** The replay's clock, and what is due by it. */
export function openPacer({ from, start, speed, nowMs }: PacerOptions): Pacer {
  let anchor = { t: from, ms: nowMs };
  let last = start;
  let lastSpacingMs = 0;

  const clock = (ms: number) => anchor.t + Math.max(0, ms - anchor.ms) * speed;
  const isHole = (t: number, spacingMs: number) =>
    t - last > Math.max(holeMs * speed, missedSpacings * Math.max(spacingMs, lastSpacingMs));

  return {
    clock,
    isHole,
    get last() {
      return last;
    },
    judge(t, spacingMs, ms) {
      if (isHole(t, spacingMs)) {
        const hole = { kind: 'hole', from: last, to: t } as const;
        last = t;
        if (t > clock(ms)) anchor = { t, ms };
        return hole;
      }
      const ahead = t - clock(ms);
      if (ahead > 0) return { kind: 'wait', ms: ahead / speed };
      const wasSetBack = t < last - disorderMs;
      last = t;
      lastSpacingMs = spacingMs;
      if (t >= from && (wasSetBack || -ahead > slackMs * speed)) anchor = { t, ms };
      return { kind: 'due' };
    },
  };
}
