import { formatEventId, parseEventId } from './events/event-id';
import type { EventLog, LoggedEvent } from './events/event-log';
import type { Pause } from './events/turns';

/** What to look for in the log; what is `null` is not looked at. */
export interface LogSearch {
  readonly types: ReadonlySet<string> | null;
  /** Of alerts; events of other types have none and do not match. */
  readonly severities: ReadonlySet<string> | null;
  /** In any part of the event, in small letters. */
  readonly text: string | null;
  readonly alertId: string | null;
  /** Unix ms, the second exclusive. */
  readonly from: number | null;
  readonly to: number | null;
  /** Seqs, both exclusive. */
  readonly after: number | null;
  readonly before: number | null;
  readonly limit: number;
}

/** An event as a list shows it. */
export interface FoundEvent {
  readonly id: string;
  readonly type: string;
  readonly host: string;
  /** Unix ms. */
  readonly t: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface FoundEvents {
  /** The newest first. */
  readonly items: readonly FoundEvent[];
  /** Where to go on: the id before which nothing was looked at; `null` when all was. */
  readonly before: string | null;
  /** The newest position that was looked at. */
  readonly head: string;
}

/** Of a run of the log at once; how long a run is depends on how much in it lasts. */
const eventsPerRun = 1_000;
const firstRun = 20_000;
const longestRun = 100_000_000;
/** No search looks at more than this before it answers with what it has. */
const lookedAtMax = 20_000;

const searchable = ({ type, json }: LoggedEvent) => `${type} ${json}`.toLowerCase();

function matches(event: LoggedEvent, search: LogSearch): boolean {
  const { types, severities, text, alertId, from, to } = search;
  if (types && !types.has(event.type)) return false;
  if ((from !== null && event.t < from) || (to !== null && event.t >= to)) return false;
  if (text !== null && !searchable(event).includes(text)) return false;
  if (!severities && alertId === null) return true;
  if (event.type !== 'system-alert') return false;
  const data = JSON.parse(event.json) as { severity?: string; alertId?: string };
  return (
    (!severities || severities.has(data.severity ?? '')) && (alertId === null || data.alertId === alertId)
  );
}

/**
 * The events that last and match, from the newest back. Reads the log in runs that are as long as what lasts in
 * them is rare, so that neither months of silence nor a flood cost much.
 */
export async function searchLog(log: EventLog, search: LogSearch, pause?: Pause): Promise<FoundEvents> {
  const head = log.headSeq;
  const floor = search.after ?? 0;
  let end = Math.min(head, (search.before ?? head + 1) - 1);
  let run = firstRun;
  let lookedAt = 0;
  const items: FoundEvent[] = [];
  while (end > floor && items.length < search.limit && lookedAt < lookedAtMax) {
    await pause?.();
    // After a fault at a start, positions go on a long way above those that were used.
    end = log.lastLasting(end);
    if (end <= floor) break;
    let start = Math.max(floor, end - run);
    const lasting = log.countLasting(start, end);
    if (lasting > eventsPerRun && end - start > 1) {
      run = Math.max(1, Math.floor((end - start) / 2));
      continue;
    }
    const events = await log.readLasting(start, end, eventsPerRun);
    lookedAt += events.length;
    for (const event of events.toReversed()) {
      if (!matches(event, search)) continue;
      items.push(found(log, event));
      if (items.length < search.limit) continue;
      start = event.seq - 1;
      break;
    }
    end = start;
    run = Math.min(longestRun, run * 2);
  }
  return {
    items,
    before: end > floor ? formatEventId(log.id, end + 1) : null,
    head: formatEventId(log.id, head),
  };
}

function found(log: EventLog, { seq, type, host, t, json }: LoggedEvent): FoundEvent {
  return { id: formatEventId(log.id, seq), type, host, t, data: JSON.parse(json) };
}

/** A position of this log; `null` for one of another, which is nowhere in it. */
export function seqIn(log: EventLog, id: string): number | null {
  const parsed = parseEventId(id);
  return parsed && (parsed.log === log.id || parsed.log === log.formerId) ? parsed.seq : null;
}
