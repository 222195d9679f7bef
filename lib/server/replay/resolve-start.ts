import type { Gap } from '@/lib/protocol/payloads';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { firstSample, openBoundary } from './boundary';
import { formatPosition, parsePosition } from './position';
import type { ReplayRequest } from './replay-query';
import type { Start } from './step-source';

export interface ResolvedStart {
  readonly start: Start;
  /** The first time that the playback clock shows: Unix ms. */
  readonly clock: number;
  /** A gap to announce after the client's position. */
  readonly gap: Gap | null;
}

/** Finds where a replay begins or resumes. */
export async function resolveStart(
  log: EventLog,
  request: ReplayRequest,
  clock: Clock,
): Promise<ResolvedStart> {
  const { from, windowSeconds, lastEventId } = request;
  const begin = from - windowSeconds * 1000;
  const at = (start: Start, gap: Gap | null = null): ResolvedStart => ({
    start,
    clock: Math.max(from, start.t),
    gap,
  });
  const fromBeginning = at({ kind: 'time', t: begin });
  const position = parsePosition(log.id, lastEventId);
  if (position?.kind === 'rebuilt') {
    const { t, part } = position;
    // A position before the beginning resumes, too: `from=-6h` moves along between two connections.
    if (t > clock.wallMs()) return fromBeginning;
    return at({ kind: 'rebuilt', t, part, durable: { t, seq: Number.MAX_SAFE_INTEGER } });
  }
  if (position?.kind !== 'logged' || position.seq > log.headSeq) return fromBeginning;

  const { seq } = position;
  const boundary = await openBoundary(log, clock)();
  if (seq >= boundary.seq) {
    const next = await firstSample(log, seq - 1);
    return at({ kind: 'logged', seq, t: next?.t ?? clock.wallMs() });
  }
  const [event] = await log.readDurable(seq - 1, seq, 1);
  if (event?.seq === seq) {
    const durable = { t: event.t, seq };
    return at({ kind: 'rebuilt', t: Math.max(begin, event.t), part: 0, durable });
  }
  // The event has expired, and with it the time of this position.
  const toId = formatPosition(log.id, { kind: 'logged', seq: boundary.seq - 1 });
  const isNext = seq === boundary.seq - 1;
  return at(
    { kind: 'logged', seq, t: boundary.t },
    isNext ? null : { fromId: lastEventId, toId, missed: null, reason: 'expired' },
  );
}
