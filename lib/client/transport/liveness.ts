import { heartbeatMs } from '@/lib/protocol/limits';

/** A connection is dead when two heartbeats are missing. With a check a second, it is replaced within 25 s. */
const deadAfterMs = 2 * heartbeatMs + 3_000;
/**
 * The first bytes of a live connection arrive at once. Without any, the browser may have reused a dead keep-alive
 * connection; it keeps at most six.
 */
const firstByteMs = 5_000;
const keptConnections = 6;
/** A shorter loss is not shown: the feed asks clients to return after 2 to 5 s. */
const graceMs = 6_000;
const offlineAfterMs = 30_000;
/** A younger attempt is not replaced when the page wakes. */
const youngMs = 3_000;

/** Whether a connection is alive, by when it was opened, last received something and was lost. Times are monotonic ms. */
export class Liveness {
  #openedAtMs = 0;
  #receivedAtMs = 0;
  #lostAtMs: number | null;
  #hasReceived = false;
  /** Requests in a row that were given up before their first byte. */
  #unanswered = 0;

  constructor(nowMs: number) {
    this.#lostAtMs = nowMs;
  }

  opened(nowMs: number): void {
    this.#openedAtMs = this.#receivedAtMs = nowMs;
    this.#hasReceived = false;
  }

  received(nowMs: number): void {
    this.#receivedAtMs = nowMs;
    this.#hasReceived = true;
  }

  established(): void {
    this.#unanswered = 0;
    this.#lostAtMs = null;
  }

  lost(nowMs: number): void {
    this.#lostAtMs ??= nowMs;
  }

  /** The connection is dead and about to be replaced. */
  unanswered(nowMs: number): void {
    this.lost(nowMs);
    if (this.#isOpening) this.#unanswered += 1;
  }

  isDead(nowMs: number): boolean {
    return nowMs - this.#receivedAtMs >= (this.#isOpening ? firstByteMs : deadAfterMs);
  }

  shouldReplaceOnWake(nowMs: number): boolean {
    if (nowMs - this.#openedAtMs < youngMs) return false;
    return this.#lostAtMs !== null || nowMs - this.#receivedAtMs >= deadAfterMs;
  }

  /** What a loss amounts to; `null` without one, or while it is too short to be shown. */
  lossState(nowMs: number): 'offline' | 'reconnecting' | null {
    if (this.#lostAtMs === null || nowMs - this.#lostAtMs < graceMs) return null;
    return nowMs - this.#lostAtMs >= offlineAfterMs ? 'offline' : 'reconnecting';
  }

  get #isOpening(): boolean {
    return !this.#hasReceived && this.#unanswered < keptConnections;
  }
}
