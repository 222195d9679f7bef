/** When the next step of a replay is due. */
export type Timing =
  | { readonly kind: 'due' }
  /** Real milliseconds until it is due. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Nothing was measured for long: the clock now shows the gap's end, so ask again. Unix ms. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number };

export interface PlaybackClockOptions {
  /** Where the clock begins: Unix ms. Steps before it are due at once. */
  readonly from: number;
  /** Where the stream begins: earlier than `from` with a window. */
  readonly start: number;
  readonly speed: number;
  /** Monotonic. */
  readonly nowMs: number;
}

/** A longer wait for the next step, in real time, is a gap to skip. */
const waitMsMax = 10_000;
/** Fewer missing measurements than this are not a gap. */
const gapSpacingsMin = 2.5;
/** Samples of one tick and of separate schedules may be out of order by this. */
const disorderMsMax = 5_000;
/** The clock waits for a client that is further behind than this, in real time. */
const behindMsMax = 2_000;

/** The time that a replay shows, and which steps are due by it. */
export class PlaybackClock {
  readonly #from: number;
  readonly #speed: number;
  #anchor: { readonly t: number; readonly ms: number };
  #lastT: number;
  #lastSpacingMs = 0;

  constructor({ from, start, speed, nowMs }: PlaybackClockOptions) {
    this.#from = from;
    this.#speed = speed;
    this.#anchor = { t: from, ms: nowMs };
    this.#lastT = start;
  }

  /** The last step's time: Unix ms. */
  get lastT(): number {
    return this.#lastT;
  }

  /** The replay's time at `nowMs` (monotonic): Unix ms. */
  time(nowMs: number): number {
    return this.#anchor.t + Math.max(0, nowMs - this.#anchor.ms) * this.#speed;
  }

  /** Whether the time from the last step to `t` (Unix ms) is a gap, for measurements `spacingMs` apart. */
  isGap(t: number, spacingMs: number): boolean {
    const spacing = Math.max(spacingMs, this.#lastSpacingMs);
    return t - this.#lastT > Math.max(waitMsMax * this.#speed, gapSpacingsMin * spacing);
  }

  /** The timing of a step at `t` (Unix ms); one that is due becomes the last step. `nowMs` is monotonic. */
  schedule(t: number, spacingMs: number, nowMs: number): Timing {
    const lastT = this.#lastT;
    if (this.isGap(t, spacingMs)) {
      this.#lastT = t;
      if (t > this.time(nowMs)) this.#anchor = { t, ms: nowMs };
      return { kind: 'gap', from: lastT, to: t };
    }
    const ahead = t - this.time(nowMs);
    if (ahead > 0) return { kind: 'wait', ms: ahead / this.#speed };
    const wasSetBack = t < lastT - disorderMsMax;
    this.#lastT = t;
    this.#lastSpacingMs = spacingMs;
    if (t >= this.#from && (wasSetBack || -ahead > behindMsMax * this.#speed))
      this.#anchor = { t, ms: nowMs };
    return { kind: 'due' };
  }
}
