import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { openTurns } from '@/lib/server/concurrency/turns';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog, type SqliteLogOptions } from '@/lib/server/event-log/sqlite-log';
import type { Chunk } from '@/lib/server/streaming/chunk';
import type { Cursor } from '@/lib/server/streaming/cursor';
import { type FeedOptions, openFeed } from '@/lib/server/streaming/feed';
import type { FeedRequest } from '@/lib/server/streaming/feed-query';
import { clockWith } from '@/lib/testing/fake-clock';

export const everything: FeedRequest = { types: null, hosts: null, windowSeconds: 0, lastEventId: '' };

export const event = (type: string, t: number): NewEvent => ({
  type,
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas' }),
});

/** A log in memory, since its directory cannot exist. */
export function newLog(options: Partial<SqliteLogOptions> = {}): Promise<EventLog> {
  return openSqliteLog({
    dataDir: '/dev/null/nowhere',
    newId: () => 'testlog',
    keepSamplesMs: 1e9,
    unwrittenBytes: 1e9,
    retryMs: 1e9,
    clock: clockWith({ wallMs: () => 1000 }),
    ...options,
  });
}

/** The same log, some of whose methods are replaced. */
export function logWith(log: EventLog, replaced: Partial<EventLog>): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const own: unknown = Reflect.get(Object.hasOwn(replaced, name) ? replaced : target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

export function newFeed(log: EventLog, options: Partial<FeedOptions> = {}) {
  const hello = () => ({ log: log.id, version: '0', serverTime: 1000, intervalMs: 1000, hosts: [] });
  // An unbounded budget sends everything at once, so that no test depends on the machine's speed.
  const turns = openTurns({ budgetMs: Number.POSITIVE_INFINITY });
  return openFeed({
    log,
    hello,
    turns,
    clock: clockWith({ wallMs: () => 1000 }),
    random: () => 0.5,
    ...options,
  });
}

export function decode(chunk: Chunk | Uint8Array | null) {
  const bytes = chunk && 'bytes' in chunk ? chunk.bytes : chunk;
  const events: EventSourceMessage[] = [];
  const retries: number[] = [];
  const comments: string[] = [];
  const parser = createParser({
    onEvent: (message) => events.push(message),
    onRetry: (retry) => retries.push(retry),
    onComment: (comment) => comments.push(comment),
  });
  if (bytes) parser.feed(new TextDecoder().decode(bytes));
  return { events, retries, comments };
}

/** Takes everything that is ready, as events. */
export function takeAll(cursor: Cursor) {
  const events: EventSourceMessage[] = [];
  for (let chunk = cursor.take(); chunk; chunk = cursor.take()) events.push(...decode(chunk).events);
  return events;
}

export const ids = (events: readonly EventSourceMessage[]) => events.flatMap(({ id }) => (id ? [id] : []));
