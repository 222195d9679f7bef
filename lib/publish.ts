import { createHash } from 'node:crypto';
import { formatEventId } from './events/event-id';
import { isLogUnavailable, type NewEvent, type RequestKey } from './events/event-log';
import { isLoggedType } from './events/event-types';
import { metricOfSensor } from './events/metrics';
import type { SensorData } from './events/payloads';
import type { Problem } from './events/problem';
import { type PublishContext, type Published, parsePublished } from './events/published';
import { parseSensorValues } from './events/sensor-values';
import { typesMax, typesPerPublisherMax } from './log/invented-types';
import { readText } from './request-body';
import type { Runtime } from './runtime';

type Refused = { readonly ok: false; readonly problem: Problem };

export type PublishResult =
  | {
      readonly ok: true;
      readonly ids: readonly string[];
      /** The events were there already, from a request with the same key. */
      readonly isRepeat: boolean;
    }
  | Refused;

type Publisher = Pick<
  Runtime,
  'log' | 'accept' | 'sensors' | 'hostName' | 'publishers' | 'peerOf' | 'underWay'
> & { readonly alerts?: Pick<Runtime['alerts'], 'withoutRoom'> };

/** Requests with a key that are not answered yet, by key: a second one waits for what the first is told. */
export type UnderWay = Map<string, { readonly fingerprint: string; readonly result: Promise<PublishResult> }>;

const retryAfterSeconds = 5;
/** Those whose address is not known are one publisher. */
const unknownAddress = 'unknown';
const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** Takes what a program publishes. When this resolves with ids, the events are on disk and on their way. */
export function publishEvents(publisher: Publisher, request: Request): Promise<PublishResult> {
  return take(publisher, request, (text, context) => parsePublished(text, context));
}

/** The same for what a sensor says. */
export function publishSensor(publisher: Publisher, request: Request, id: string): Promise<PublishResult> {
  const query = new URL(request.url).searchParams;
  return take(publisher, request, (text, context) => parseSensorValues({ id, text, query }, context));
}

async function take(
  publisher: Publisher,
  request: Request,
  parse: (text: string, context: PublishContext) => Published,
): Promise<PublishResult> {
  const address = publisher.peerOf(request.headers);
  const admitted = publisher.publishers.take(address);
  if (!admitted.ok) return admitted;
  const body = await readText(request);
  if (!body.ok) return body;
  const parsed = parse(body.text, {
    now: Date.now(),
    host: publisher.hostName,
    recall: publisher.sensors.recall,
  });
  if (!parsed.ok) return parsed;
  const crowded = withoutRoom(publisher, parsed.events);
  if (crowded) return crowded;
  const key = keyOf(request, body.text);
  if (!key.ok) return key;
  const events = parsed.events.map((event) => ({ ...event, publisher: address ?? unknownAddress }));
  return key.value ? appendOnce(publisher, events, key.value) : append(publisher, events);
}

/** New sensors that no rule could be evaluated on any more are refused: whoever publishes them would never know. */
function withoutRoom({ alerts }: Publisher, events: readonly NewEvent[]): Refused | null {
  if (!alerts) return null;
  const metrics = events
    .filter(({ type }) => type === 'sensor-data')
    .flatMap(({ json }) => (JSON.parse(json) as SensorData).sensors.map(metricOfSensor));
  const refused = alerts.withoutRoom([...new Set(metrics)]);
  if (refused.length === 0) return null;
  const message = `there is no room for ${refused.length} new sensors, from ${refused[0]} on: rules are evaluated on too many metrics already`;
  return {
    ok: false,
    problem: { code: 'bad-body', detail: message, errors: [{ path: 'sensors', message }] },
  };
}

/** `Idempotency-Key`, bare or as the quoted string that the standard's draft has. */
function keyOf(
  request: Request,
  text: string,
): { readonly ok: true; readonly value: RequestKey | null } | Refused {
  const header = request.headers.get('idempotency-key');
  if (header === null) return { ok: true, value: null };
  const name = header.trim().replace(/^"(.*)"$/, '$1');
  if (!keyPattern.test(name)) {
    const message = 'takes 1 to 255 visible ASCII characters';
    const errors = [{ path: 'Idempotency-Key', message }];
    return { ok: false, problem: { code: 'bad-body', detail: `Idempotency-Key ${message}`, errors } };
  }
  const { pathname, search } = new URL(request.url);
  const fingerprint = createHash('sha256').update(`${pathname}${search}\n${text}`).digest('base64');
  return { ok: true, value: { name, fingerprint } };
}

async function appendOnce(
  publisher: Publisher,
  events: readonly NewEvent[],
  key: RequestKey,
): Promise<PublishResult> {
  const { log, underWay } = publisher;
  const running = underWay.get(key.name);
  if (running) {
    if (running.fingerprint !== key.fingerprint) return reused(key);
    const result = await running.result;
    return result.ok ? { ...result, isRepeat: true } : result;
  }
  const receipt = log.receipt(key.name);
  if (receipt === undefined) {
    const detail = log.problem ?? 'it cannot be known whether this key was used';
    return { ok: false, problem: { code: 'log-unavailable', detail, retryAfterSeconds } };
  }
  if (receipt) {
    if (receipt.fingerprint !== key.fingerprint) return reused(key);
    const seqs = Array.from({ length: receipt.count }, (_, index) => receipt.firstSeq + index);
    return { ok: true, ids: seqs.map((seq) => formatEventId(log.id, seq)), isRepeat: true };
  }
  const result = append(publisher, events, key);
  underWay.set(key.name, { fingerprint: key.fingerprint, result });
  return result.finally(() => underWay.delete(key.name));
}

function reused({ name }: RequestKey): Refused {
  const detail = `The Idempotency-Key ${JSON.stringify(name.slice(0, 60))} came with another body or address within the last day`;
  return { ok: false, problem: { code: 'key-reused', detail } };
}

async function append(
  { log, accept }: Publisher,
  events: readonly NewEvent[],
  key?: RequestKey,
): Promise<PublishResult> {
  const isNew = ({ type }: NewEvent) => !isLoggedType(type) && !log.inventedTypes.has(type);
  const invented = new Set(events.filter(isNew).map(({ type }) => type));
  if (invented.size > 0 && invented.size > log.roomForTypes(events[0]?.publisher ?? unknownAddress)) {
    const detail = `There is no room for ${invented.size} more event types of your own: ${log.inventedTypes.size} are in use, of ${typesMax} in all and ${typesPerPublisherMax} of one address. A type is forgotten with its last event`;
    return { ok: false, problem: { code: 'bad-body', detail, errors: [{ path: 'type', message: detail }] } };
  }
  try {
    const logged = await accept(events, key);
    return { ok: true, ids: logged.map(({ seq }) => formatEventId(log.id, seq)), isRepeat: false };
  } catch (error) {
    if (!isLogUnavailable(error)) throw error;
    return { ok: false, problem: { code: 'log-unavailable', detail: error.message, retryAfterSeconds } };
  }
}
