import { formatEventId } from './events/event-id';
import { isLogUnavailable } from './events/event-log';
import { isLoggedType } from './events/event-types';
import type { Problem } from './events/problem';
import { parsePublished } from './events/published';
import { readText } from './request-body';
import type { Runtime } from './runtime';

export type PublishResult =
  | { readonly ok: true; readonly ids: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

/** Each becomes a name that the feed can be asked for, and is kept for ever. */
const maxInventedTypes = 1_000;
const retryAfterSeconds = 5;

/** Takes what a program publishes. When this resolves with ids, the events are on disk and on their way. */
export async function publish(
  { log, publish: append, hostName }: Pick<Runtime, 'log' | 'publish' | 'hostName'>,
  request: Request,
): Promise<PublishResult> {
  const body = await readText(request);
  if (!body.ok) return body;
  const parsed = parsePublished(body.text, { now: Date.now(), host: hostName });
  if (!parsed.ok) return parsed;
  const invented = new Set(log.inventedTypes);
  for (const { type } of parsed.events) if (!isLoggedType(type)) invented.add(type);
  if (invented.size > maxInventedTypes) {
    const detail = `There are ${log.inventedTypes.size} event types of your own already, and ${maxInventedTypes} is the limit`;
    return { ok: false, problem: { code: 'bad-body', detail, errors: [{ path: 'type', message: detail }] } };
  }
  try {
    const events = await append(parsed.events, 'durable');
    return { ok: true, ids: events.map(({ seq }) => formatEventId(log.id, seq)) };
  } catch (error) {
    if (!isLogUnavailable(error)) throw error;
    return { ok: false, problem: { code: 'log-unavailable', detail: error.message, retryAfterSeconds } };
  }
}
