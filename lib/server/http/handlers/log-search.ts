import { formatEventId, parseEventId } from '@/lib/protocol/event-id';
import type { LogEvent, LogPage } from '@/lib/protocol/log-event';
import type { Pause } from '@/lib/server/concurrency/turns';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';

/** What to search the log for; criteria that are `null` do not count. */
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

/** Read in one piece, which nothing else waits for longer than a few ms: an event may have 64 KiB. */
const firstRead = 16;
const readMax = 64;
const charactersPerRead = 128 * 1024;
/** A search that has examined this much responds with what it has found. */
const examinedMax = 20_000;
const examinedCharactersMax = 16 * 1024 * 1024;
/** An answer is made in one piece: it has no more than this and one event. */
const answerCharactersMax = 1024 * 1024;

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
 * The events that last and match, from the newest back, in small pieces with a pause between them. An answer may have
 * fewer than `limit` of them, and even none, although there are more: `before` is where the search goes on.
 */
export async function searchLog(log: EventLog, search: LogSearch, pause: Pause): Promise<LogPage> {
  const head = log.headSeq;
  const floor = search.after ?? 0;
  const items: LogEvent[] = [];
  let before = Math.min(head + 1, search.before ?? head + 1);
  let [examined, examinedCharacters, foundCharacters] = [0, 0, 0];
  const isDone = () =>
    items.length >= search.limit ||
    foundCharacters >= answerCharactersMax ||
    examined >= examinedMax ||
    examinedCharacters >= examinedCharactersMax;

  for (let size = firstRead; before > floor + 1 && !isDone(); ) {
    await pause();
    const events = await log.readDurableBefore(before, floor, size);
    let characters = 0;
    for (const event of events) {
      before = event.seq;
      examined += 1;
      characters += event.json.length;
      if (!matches(event, search)) continue;
      items.push(found(log, event));
      foundCharacters += event.json.length;
      if (isDone()) break;
    }
    examinedCharacters += characters;
    const wasAllLookedAt = before === (events.at(-1)?.seq ?? before);
    if (wasAllLookedAt && events.length < size) before = floor + 1;
    const perEvent = Math.max(1, characters / Math.max(1, events.length));
    size = Math.max(1, Math.min(readMax, Math.floor(charactersPerRead / perEvent)));
  }
  return {
    items,
    before: before > floor + 1 ? formatEventId(log.id, before) : null,
    head: formatEventId(log.id, head),
  };
}

function found(log: EventLog, { seq, type, host, t, json }: LoggedEvent): LogEvent {
  return { id: formatEventId(log.id, seq), type, host, t, data: JSON.parse(json) };
}

/** A position of this log; `null` for one of another, which is nowhere in it. */
export function seqIn(log: EventLog, id: string): number | null {
  const parsed = parseEventId(id);
  return parsed && (parsed.log === log.id || parsed.log === log.formerId) ? parsed.seq : null;
}
