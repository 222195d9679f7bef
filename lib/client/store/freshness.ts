import {
  carriesTime,
  expectedPeriodMs,
  type LoggedPayloads,
  type LoggedType,
  loggedTypes,
} from '@/lib/protocol/event-types';
import type { InitialState } from '@/lib/protocol/initial-state';
import type { HostClock } from '../transport/host-clock';

/** A sample is stale after this time, or after three periods of a type that is sampled less often. */
const staleAfterMs = 6_000;
const staleAfterPeriods = 3;

/** The newest row of a type, and when it was taken on this browser's monotonic clock. */
interface Newest<Row> {
  row: Row | null;
  takenAtMs: number;
}

/**
 * After `hello` the server first sends older samples. Until the first newer one, ages are computed as of `hello`: a slow
 * link must not make the host look silent.
 */
interface CatchUp {
  readonly sinceMs: number;
  readonly serverTime: number;
}

/** The newest sample of each type, and whether it is stale. */
export class Freshness {
  intervalMs: number;
  readonly #clock: HostClock;
  readonly #newest = Object.fromEntries(
    loggedTypes.map((type) => [type, { row: null, takenAtMs: Number.NEGATIVE_INFINITY }]),
  ) as { readonly [T in LoggedType]: Newest<LoggedPayloads[T]> };
  #greetedAtMs = performance.now();
  #catchUp: CatchUp | null;

  constructor(clock: HostClock, { intervalMs, serverTime, latest }: InitialState) {
    this.#clock = clock;
    this.intervalMs = intervalMs;
    this.#catchUp = { sinceMs: this.#greetedAtMs, serverTime };
    for (const type of loggedTypes) this.#remember(type, latest[type], 0);
  }

  /** A connection has begun, and replays samples up to `serverTime`. */
  greet(serverTime: number): void {
    this.#greetedAtMs = performance.now();
    this.#catchUp = { sinceMs: this.#greetedAtMs, serverTime };
  }

  get isCatchingUp(): boolean {
    return this.#catchUp !== null;
  }

  endCatchUp(): void {
    this.#catchUp = null;
  }

  /** A sample taken at `t` has arrived; one that is younger than the greeting ends the replay. */
  reached(t: number): void {
    if (this.#catchUp && t > this.#catchUp.serverTime) this.#catchUp = null;
  }

  /** Takes a row as the newest unless it is replayed and older. `heldMs`: how long ago it arrived. */
  add<T extends LoggedType>(type: T, row: LoggedPayloads[T], heldMs: number): void {
    if (!this.#catchUp || row.t >= (this.#newest[type].row?.t ?? 0)) this.#remember(type, row, heldMs);
  }

  /** Takes a row that was fetched afterwards, if it is newer. */
  backfill<T extends LoggedType>(type: T, row: LoggedPayloads[T] | null): void {
    if (row && row.t > (this.#newest[type].row?.t ?? 0))
      this.#remember(type, row, Math.max(0, this.#clock.now() - row.t));
  }

  last<T extends LoggedType>(type: T): LoggedPayloads[T] | null {
    return this.#newest[type].row;
  }

  latest<T extends LoggedType>(type: T): LoggedPayloads[T] | null {
    const { row, takenAtMs } = this.#newest[type];
    return this.#isOld(takenAtMs, expectedPeriodMs(type, this.intervalMs)) ? null : row;
  }

  /** When the last sample of any type was taken, once all are stale; `null` otherwise. */
  get silentSince(): number | null {
    if (this.#catchUp) return null;
    const samples = loggedTypes
      .filter((type) => carriesTime(type) || type === 'sensor-data')
      .map((type) => this.#newest[type]);
    const [last] = samples.sort((a, b) => b.takenAtMs - a.takenAtMs);
    return last?.row && this.#isOld(last.takenAtMs) ? last.row.t : null;
  }

  /** Whether samples of this type no longer come on a live connection, while others do. */
  isLost(type: LoggedType): boolean {
    return (
      !this.#catchUp &&
      this.#isOld(this.#greetedAtMs, expectedPeriodMs(type, this.intervalMs)) &&
      this.silentSince === null &&
      this.latest(type) === null
    );
  }

  #remember<T extends LoggedType>(type: T, row: LoggedPayloads[T] | undefined, heldMs: number): void {
    if (!row) return;
    const ageMs = this.#catchUp ? Math.max(0, this.#clock.now() - row.t) : heldMs;
    this.#newest[type].row = row;
    this.#newest[type].takenAtMs = performance.now() - ageMs;
  }

  #isOld(sinceMs: number, periodMs = this.intervalMs): boolean {
    const nowMs = this.#catchUp?.sinceMs ?? performance.now();
    return nowMs - sinceMs > Math.max(staleAfterMs, periodMs * staleAfterPeriods);
  }
}
