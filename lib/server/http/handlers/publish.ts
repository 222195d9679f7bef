import { createHash } from 'node:crypto';
import { formatEventId } from '@/lib/protocol/event-id';
import { isLoggedType } from '@/lib/protocol/event-types';
import { metricOfSensor } from '@/lib/protocol/metrics';
import type { SensorData } from '@/lib/protocol/payloads';
import { ok, type Refused, type Result, refuse } from '@/lib/protocol/result';
import type { RequestRate } from '@/lib/server/auth/request-rate';
import { typesMax, typesPerPublisherMax } from '@/lib/server/event-log/custom-types';
import { isLogUnavailable, type NewEvent, type RequestKey } from '@/lib/server/event-log/event-log';
import { type PublishContext, parsePublished } from '@/lib/server/ingest/published-event';
import { parseSensorValues } from '@/lib/server/ingest/sensor-values';
import type { Pipeline } from '@/lib/server/pipeline';
import { readText } from '../request-body';
import { problemResponse } from '../respond';

export interface PublishedIds {
  readonly ids: readonly string[];
  /** The events were there already, from a request with the same key. */
  readonly isRepeat: boolean;
}

interface Publisher extends Pick<Pipeline, 'log' | 'accept' | 'sensors' | 'latest'> {
  readonly hostName: string;
  readonly publishers: RequestRate;
  readonly underWay: UnderWay;
  readonly alerts?: Pick<Pipeline['alerts'], 'withoutCapacity'>;
  peerOf(headers: Headers): string | null;
}

/** Requests with a key that are not answered yet, by key: a second one waits for the result of the first. */
export type UnderWay = Map<
  string,
  { readonly fingerprint: string; readonly result: Promise<Result<PublishedIds>> }
>;

const retryAfterSeconds = 5;
/** Those whose address is not known are one publisher. */
const unknownAddress = 'unknown';
const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** Takes what a program publishes. When this resolves with ids, the events are on disk and on their way. */
export function publishEvents(publisher: Publisher, request: Request): Promise<Result<PublishedIds>> {
  return take(publisher, request, (text, context) => parsePublished(text, context), sensorPath);
}

/** The same for a sensor's value. */
export function publishSensor(
  publisher: Publisher,
  request: Request,
  id: string,
): Promise<Result<PublishedIds>> {
  const query = new URL(request.url).searchParams;
  const parse = (text: string, context: PublishContext) => parseSensorValues({ id, text, query }, context);
  return take(publisher, request, parse, () => 'id');
}

async function take(
  publisher: Publisher,
  request: Request,
  parse: (text: string, context: PublishContext) => Result<readonly NewEvent[]>,
  pathOf: PathOfSensor,
): Promise<Result<PublishedIds>> {
  const address = publisher.peerOf(request.headers);
  const admitted = publisher.publishers.take(address);
  if (!admitted.ok) return admitted;
  const body = await readText(request);
  if (!body.ok) return body;
  const parsed = parse(body.value, {
    now: Date.now(),
    host: publisher.hostName,
    lookUpSensor: (id, kind) => publisher.sensors.lookUp(id, kind),
  });
  if (!parsed.ok) return parsed;
  const key = keyOf(request, body.value);
  if (!key.ok) return key;
  const events = parsed.value.map((event) => ({ ...event, publisher: address ?? unknownAddress }));
  const add: Add = async (keyed) =>
    takenSensors(publisher, events, (place) => pathOf(place, body.value)) ??
    withoutCapacity(publisher, events) ??
    append(publisher, events, keyed);
  return key.value ? addOnce(publisher, key.value, add) : add();
}

/** Where in a body a sensor stands. */
type PathOfSensor = (place: { readonly event: number; readonly sensor: number }, text: string) => string;

const sensorPath: PathOfSensor = ({ event, sensor }, text) =>
  `${text.trimStart().startsWith('[') ? `${event}.` : ''}data.sensors.${sensor}.id`;

const sensorsOf = ({ type, json }: NewEvent) =>
  type === 'sensor-data' ? (JSON.parse(json) as SensorData).sensors : [];

/** No program can publish the host's own values: they would end its alerts, and its charts would show both. */
function takenSensors(
  { latest }: Publisher,
  events: readonly NewEvent[],
  pathOf: (place: { readonly event: number; readonly sensor: number }) => string,
): Refused | null {
  const newest = latest.get('sensor-data');
  const own = new Set((newest ? sensorsOf(newest) : []).map(({ id }) => id));
  if (own.size === 0) return null;
  const errors = events.flatMap((one, event) =>
    sensorsOf(one).flatMap(({ id }, sensor) =>
      own.has(id)
        ? [{ path: pathOf({ event, sensor }), message: `"${id}" is a sensor of the host; take another id` }]
        : [],
    ),
  );
  if (errors.length === 0) return null;
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return refuse({ code: 'sensor-taken', detail: detail.slice(0, 2000), errors });
}

/** New sensors that no rule could be evaluated on any more are refused: their publisher would never know. */
function withoutCapacity({ alerts }: Publisher, events: readonly NewEvent[]): Refused | null {
  if (!alerts) return null;
  const metrics = events.flatMap((event) => sensorsOf(event).map(metricOfSensor));
  const refused = alerts.withoutCapacity([...new Set(metrics)]);
  if (refused.length === 0) return null;
  const message = `there is no room for ${refused.length} new sensors, from ${refused[0]} on: rules are evaluated on too many metrics already`;
  return refuse({ code: 'bad-body', detail: message, errors: [{ path: 'sensors', message }] });
}

/** `Idempotency-Key`, bare or as the quoted string that the standard's draft has. */
function keyOf(request: Request, text: string): Result<RequestKey | null> {
  const header = request.headers.get('idempotency-key');
  if (header === null) return ok(null);
  const name = header.trim().replace(/^"(.*)"$/, '$1');
  if (!keyPattern.test(name)) {
    const message = 'takes 1 to 255 visible ASCII characters';
    const errors = [{ path: 'Idempotency-Key', message }];
    return refuse({ code: 'bad-body', detail: `Idempotency-Key ${message}`, errors });
  }
  const { pathname, search } = new URL(request.url);
  const fingerprint = createHash('sha256').update(`${pathname}${search}\n${text}`).digest('base64');
  return ok({ name, fingerprint });
}

/** Appends the events of a request to the log, or returns the problem. */
type Add = (key?: RequestKey) => Promise<Result<PublishedIds>>;

/** What is refused to a new request is not asked of one that is sent again. */
async function addOnce(
  { log, underWay }: Publisher,
  key: RequestKey,
  add: Add,
): Promise<Result<PublishedIds>> {
  const running = underWay.get(key.name);
  if (running) {
    if (running.fingerprint !== key.fingerprint) return reused(key);
    const result = await running.result;
    return result.ok ? ok({ ...result.value, isRepeat: true }) : result;
  }
  const receipt = log.receipt(key.name);
  if (receipt === undefined) {
    const detail = log.problem ?? 'it cannot be known whether this key was used';
    return refuse({ code: 'log-unavailable', detail, retryAfterSeconds });
  }
  if (receipt) {
    if (receipt.fingerprint !== key.fingerprint) return reused(key);
    const seqs = Array.from({ length: receipt.count }, (_, index) => receipt.firstSeq + index);
    return ok({ ids: seqs.map((seq) => formatEventId(log.id, seq)), isRepeat: true });
  }
  const result = add(key);
  underWay.set(key.name, { fingerprint: key.fingerprint, result });
  return result.finally(() => underWay.delete(key.name));
}

function reused({ name }: RequestKey): Refused {
  const detail = `The Idempotency-Key ${JSON.stringify(name.slice(0, 60))} came with another body or address within the last day`;
  return refuse({ code: 'key-reused', detail });
}

async function append(
  { log, accept }: Publisher,
  events: readonly NewEvent[],
  key?: RequestKey,
): Promise<Result<PublishedIds>> {
  const isNew = ({ type }: NewEvent) => !isLoggedType(type) && !log.customTypes.has(type);
  const newTypes = new Set(events.filter(isNew).map(({ type }) => type));
  if (newTypes.size > 0 && newTypes.size > log.roomForTypes(events[0]?.publisher ?? unknownAddress)) {
    const detail = `There is no room for ${newTypes.size} more event types of your own: ${log.customTypes.size} are in use, of ${typesMax} in all and ${typesPerPublisherMax} of one address. A type is forgotten with its last event`;
    return refuse({ code: 'bad-body', detail, errors: [{ path: 'type', message: detail }] });
  }
  try {
    const logged = await accept(events, key);
    return ok({ ids: logged.map(({ seq }) => formatEventId(log.id, seq)), isRepeat: false });
  } catch (error) {
    if (!isLogUnavailable(error)) throw error;
    return refuse({ code: 'log-unavailable', detail: error.message, retryAfterSeconds });
  }
}

/** 201 with the ids, also for a request that was sent again; always with what the client's rate limit has left. */
export function publishedResponse(
  { publishers, peerOf }: Pick<Publisher, 'publishers' | 'peerOf'>,
  request: Request,
  result: Result<PublishedIds>,
): Response {
  const response = result.ok
    ? Response.json({ ids: result.value.ids }, { status: 201, headers: { 'Cache-Control': 'no-store' } })
    : problemResponse(result.problem);
  if (result.ok && result.value.isRepeat) response.headers.set('Idempotency-Replayed', 'true');
  for (const [name, value] of Object.entries(publishers.headers(peerOf(request.headers))))
    response.headers.set(name, value);
  return response;
}
