import type { Gap } from '@/lib/protocol/payloads';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { firstSample, openBoundary } from './boundary';
import { formatPlace, parsePlace } from './position';
import type { ReplayRequest } from './replay-query';
import type { Start } from './source';

export interface Located {
  readonly start: Start;
  /** Where the replay's clock begins: Unix ms. */
  readonly clock: number;
  /** What the client is to be told of the place that it came with. */
  readonly gap: Gap | null;
}

/** Finds where a replay begins, or goes on. `now` is in Unix ms. */
export async function locate(log: EventLog, request: ReplayRequest, now: number): Promise<Located> {
  const { from, windowSeconds, lastEventId } = request;
  const begin = from - windowSeconds * 1000;
  const at = (start: Start, gap: Gap | null = null): Located => ({
    start,
    clock: Math.max(from, start.t),
    gap,
  });
  const afresh = at({ kind: 'time', t: begin });
  const place = parsePlace(log.id, lastEventId);
  if (place?.kind === 'rebuilt') {
    const { t, part } = place;
    // One before the beginning goes on, too: `from=-6h` moves along between two connections.
    if (t > now) return afresh;
    return at({ kind: 'rebuilt', t, part, lasting: { t, seq: Number.MAX_SAFE_INTEGER } });
  }
  if (place?.kind !== 'logged' || place.seq > log.headSeq) return afresh;

  const { seq } = place;
  const begins = await openBoundary(log, () => now)();
  if (seq >= begins.seq) {
    const next = await firstSample(log, seq - 1);
    return at({ kind: 'logged', seq, t: next?.t ?? now });
  }
  const [event] = await log.readLasting(seq - 1, seq, 1);
  if (event?.seq === seq) {
    const lasting = { t: event.t, seq };
    return at({ kind: 'rebuilt', t: Math.max(begin, event.t), part: 0, lasting });
  }
  // Nobody knows any more when that was.
  const toId = formatPlace(log.id, { kind: 'logged', seq: begins.seq - 1 });
  const isNext = seq === begins.seq - 1;
  return at(
    { kind: 'logged', seq, t: begins.t },
    isNext ? null : { fromId: lastEventId, toId, missed: null, reason: 'expired' },
  );
}
