import { carriesTime } from '@/lib/protocol/event-types';
import { createClockOffset } from './clock-offset';
import { createEntryList, type EndReason, type Line, linesOfFrame, typeOfFrame } from './entries';
import type { RawFrame } from './frame-reader';
import { createIdCheck } from './id-check';
import { createLatencies } from './latencies';
import { createRates } from './rates';

/** One request and its outcome. Times are Unix ms by this browser's clock. */
export interface Connection {
  readonly number: number;
  readonly url: string;
  readonly requestedAt: number;
  /** As sent in `Last-Event-ID`; empty on the first. */
  readonly sentId: string;
  openedAt: number | null;
  endedAt: number | null;
  end: EndReason | null;
  status: number | null;
  headers: readonly (readonly [string, string])[];
  frames: number;
  bytes: number;
  replayed: number;
  /** Ids that were missed or came twice on it. */
  faults: number;
}

/** Older stamps are set by a publisher and are not a transit time. */
const latencyMsMax = 3_600_000;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** `null` for text that is not JSON. */
export function parseJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function numberIn(payload: unknown, name: string): number | null {
  const value = isObject(payload) ? payload[name] : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The log of a session's connections, and what is measured on all of them together. */
export class Recording {
  readonly entries = createEntryList();
  readonly rates = createRates();
  readonly latencies = createLatencies();
  readonly ids = createIdCheck();
  readonly clock = createClockOffset();
  #nextKey = 0;

  /** Logs a step of the exchange around the frames. */
  mark({ number }: Connection, lines: readonly Line[], end: EndMark | null = null): void {
    this.entries.add({ ...this.#placed(number), lines, frame: null, type: null, end });
  }

  /** A sink for the frames of one connection, whose request was sent at `sentAtMs` of `performance.now()`. */
  recorder(connection: Connection, sentAtMs: number, isFiltered: boolean): (frame: RawFrame) => void {
    /** The host's time at which the stream was opened: older events of a resumed stream are replay. */
    let openedAtHost: number | null = null;
    let isCaughtUp = connection.sentId === '';

    return (frame) => {
      const arrivedMs = performance.now();
      const type = typeOfFrame(frame);
      const payload = parseJson(frame.data);
      const stamp = numberIn(payload, 't');
      const serverTime = numberIn(payload, 'serverTime');
      if (type === 'hello' && serverTime !== null) {
        openedAtHost = serverTime;
        this.clock.add(serverTime, arrivedMs, sentAtMs);
      } else if (type === 'heartbeat' && serverTime !== null) this.clock.add(serverTime, arrivedMs);

      const isOld = openedAtHost !== null && stamp !== null && stamp < openedAtHost;
      if (stamp !== null && !isOld && carriesTime(type)) {
        isCaughtUp = true;
        this.clock.add(stamp, arrivedMs);
      }
      const isReplay = isOld && !isCaughtUp;
      if (isReplay) connection.replayed += 1;

      const idCheck = this.ids.check({ type: frame.type, id: frame.id, payload }, isFiltered);
      if (idCheck.kind === 'unannounced' || idCheck.kind === 'back') connection.faults += 1;

      const latencyMs = isReplay ? null : this.#latencyMs(stamp, arrivedMs);
      if (latencyMs !== null) this.latencies.add(latencyMs);
      connection.frames += 1;
      this.rates.add(arrivedMs, frame.type === null ? 0 : 1, 0);
      const lines = linesOfFrame(frame);
      this.entries.add({
        ...this.#placed(connection.number),
        lines,
        frame,
        type,
        idCheck,
        isReplay,
        latencyMs,
      });
    };
  }

  clear(): void {
    this.entries.clear();
    this.latencies.clear();
  }

  #placed(connection: number) {
    return { key: this.#nextKey++, connection, arrivedAt: Date.now() };
  }

  #latencyMs(stamp: number | null, arrivedMs: number): number | null {
    const offset = this.clock.read();
    if (stamp === null || !offset) return null;
    const latencyMs = arrivedMs + offset.offsetMs - stamp;
    return Math.abs(latencyMs) > latencyMsMax ? null : Math.max(0, latencyMs);
  }
}

interface EndMark {
  readonly reason: EndReason;
  /** Until the next request; `null` when there is none. */
  readonly retryMs: number | null;
}
