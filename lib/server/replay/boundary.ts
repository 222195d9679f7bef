import { tellsTime } from '@/lib/protocol/event-types';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';

/** Where the log has everything: from its oldest sample on. Before that, history stands in. */
export interface Boundary {
  readonly seq: number;
  /** Unix ms. */
  readonly t: number;
}

const eventsAtOnce = 512;

/** The first event after `afterSeq` whose time is the host's. */
export async function firstSample(log: EventLog, afterSeq: number): Promise<LoggedEvent | null> {
  for (let at = afterSeq; ; ) {
    const events = await log.read(at, eventsAtOnce);
    const found = events.find(({ type }) => tellsTime(type));
    const last = events.at(-1);
    if (found || !last) return found ?? null;
    at = last.seq;
  }
}

/** It moves on as the log forgets. Where there is no sample, the log begins now. */
export function openBoundary(log: EventLog, now: () => number): () => Promise<Boundary> {
  let known: { readonly tailSeq: number; readonly boundary: Boundary } | null = null;
  return async () => {
    const { tailSeq } = log;
    if (known?.tailSeq === tailSeq) return known.boundary;
    const first = await firstSample(log, tailSeq - 1);
    if (!first) return { seq: log.headSeq + 1, t: now() };
    const boundary = { seq: first.seq, t: first.t };
    known = { tailSeq, boundary };
    return boundary;
  };
}
