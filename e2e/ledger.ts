import { parseEventId } from '../lib/protocol/event-id';
import { isSampleType } from '../lib/protocol/event-types';
import type { Received } from './sse-client';

export interface LedgerEvent {
  readonly type: string;
  readonly data: string;
}

/** An announced gap: nothing of `after + 1` to `to` has to come, unless it lasts. */
export interface LedgerGap {
  readonly after: number;
  readonly to: number;
  readonly reason: string;
}

/** What one client of an unfiltered feed saw over all of its connections, and where that breaks the contract. */
export interface Ledger {
  /** By seq, in the order of arrival. */
  readonly events: ReadonlyMap<number, LedgerEvent>;
  readonly gaps: readonly LedgerGap[];
  /** In words; empty when all is well. */
  readonly faults: readonly string[];
  /** What to resume from; `null` before the first id. */
  readonly lastEventId: string | null;
  readonly logId: string | null;
  record(event: Received): void;
}

const controlTypes = new Set(['hello', 'gap', 'reset', 'heartbeat']);

/** `startsAt`: the seq that must come first; `null` where that is whatever comes next. */
export function openLedger(startsAt: number | null): Ledger {
  const events = new Map<number, LedgerEvent>();
  const gaps: LedgerGap[] = [];
  const faults: string[] = [];
  let logId: string | null = null;
  let lastEventId: string | null = null;
  let position = startsAt === null ? null : startsAt - 1;

  const payloadOf = ({ data }: Received): Record<string, unknown> => JSON.parse(data);

  function seqOf(id: unknown): number {
    const parsed = typeof id === 'string' ? parseEventId(id) : null;
    if (parsed && parsed.log === (logId ?? parsed.log)) return parsed.seq;
    faults.push(`${JSON.stringify(id)} is no id of the log ${logId}`);
    return Number.NaN;
  }

  function recordGap(event: Received): void {
    const { fromId, toId, reason } = payloadOf(event);
    gaps.push({ after: seqOf(fromId), to: seqOf(toId), reason: String(reason) });
  }

  /** What lies between the position and `seq` must have been announced. */
  function requireNoGap(seq: number, what: string): void {
    if (position === null) return;
    const missing = firstOutside(gaps, position + 1);
    if (missing < seq) faults.push(`${what} after ${position}, and no gap for ${missing}`);
  }

  function record(event: Received): void {
    const { id, type, data } = event;
    const isLogged = !controlTypes.has(type);
    if (type === 'hello') {
      const { log } = payloadOf(event);
      if (logId !== null && log !== logId) faults.push(`the log ${logId} became ${log}`);
      logId = String(log);
    }
    if (type === 'gap') recordGap(event);
    if (isLogged !== (id !== null) && type !== 'heartbeat') faults.push(`${type} with the id ${id}`);
    if (id === null) return;
    lastEventId = id;
    const seq = seqOf(id);
    // A heartbeat's id is where the feed stands: it may be the last event's, and never names one to come.
    const isBehind = position !== null && (isLogged ? seq <= position : seq < position);
    if (isBehind) faults.push(`${type} ${seq} after ${position}`);
    requireNoGap(isLogged ? seq : seq + 1, `${type} ${seq}`);
    position = seq;
    if (isLogged) events.set(seq, { type, data });
  }

  return {
    events,
    gaps,
    faults,
    get lastEventId() {
      return lastEventId;
    },
    get logId() {
      return logId;
    },
    record,
  };
}

const gapAround = (gaps: readonly LedgerGap[], seq: number) =>
  gaps.find(({ after, to }) => seq > after && seq <= to);

/** The first seq from `seq` on that is in no gap. */
function firstOutside(gaps: readonly LedgerGap[], seq: number): number {
  let outside = seq;
  for (let gap = gapAround(gaps, outside); gap; gap = gapAround(gaps, outside)) outside = gap.to + 1;
  return outside;
}

/** Where what a client saw differs from the log, up to `toSeq` of it and after `afterSeq`; gaps that either was told of excuse samples. */
export function differences(seen: Ledger, log: Ledger, toSeq: number, afterSeq = 0): string[] {
  const gaps = [...seen.gaps, ...log.gaps];
  const found: string[] = [];
  const seqs = new Set([...seen.events.keys(), ...log.events.keys()]);
  for (const seq of [...seqs].sort((a, b) => a - b).filter((one) => one > afterSeq && one <= toSeq)) {
    const [one, other] = [seen.events.get(seq), log.events.get(seq)];
    if (one && other) {
      if (one.type !== other.type || one.data !== other.data) found.push(`${seq} is not what the log has`);
      continue;
    }
    const type = (one ?? other)?.type ?? '';
    if (gapAround(gaps, seq) && isSampleType(type)) continue;
    found.push(`${type} ${seq} is ${one ? 'not in the log' : 'in the log and was not seen'}`);
  }
  return found;
}
