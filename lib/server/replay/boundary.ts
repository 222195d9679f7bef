import { carriesTime } from '@/lib/protocol/event-types';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';

/** The log's oldest sample: from there on the log is complete, and before it history is read. */
export interface Boundary {
  readonly seq: number;
  /** Unix ms. */
  readonly t: number;
}

const eventsMax = 512;

/** The first event after `afterSeq` whose time is the host's. */
export async function firstSample(log: EventLog, afterSeq: number): Promise<LoggedEvent | null> {
  for (let at = afterSeq; ; ) {
    const events = await log.read(at, eventsMax);
    const found = events.find(({ type }) => carriesTime(type));
    const last = events.at(-1);
    if (found || !last) return found ?? null;
    at = last.seq;
  }
}

/** The boundary moves as samples expire. Without any sample, it is at the head and now. */
export function openBoundary(log: EventLog, clock: Clock): () => Promise<Boundary> {
  let cached: { readonly tailSeq: number; readonly boundary: Boundary } | null = null;
  return async () => {
    const { tailSeq } = log;
    if (cached?.tailSeq === tailSeq) return cached.boundary;
    const first = await firstSample(log, tailSeq - 1);
    if (!first) return { seq: log.headSeq + 1, t: clock.wallMs() };
    const boundary = { seq: first.seq, t: first.t };
    cached = { tailSeq, boundary };
    return boundary;
  };
}
