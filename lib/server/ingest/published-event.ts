import { z } from 'zod';
import { isLoggedType, isSampleType } from '@/lib/protocol/event-types';
import { durableEventsKeptMs, historyKeptMs } from '@/lib/protocol/limits';
import {
  loginSchema,
  messageSchema,
  type Sensor,
  type SensorKind,
  sensorDataSchema,
  systemAlertSchema,
} from '@/lib/protocol/payloads';
import type { ProblemError } from '@/lib/protocol/problem';
import { badBody, fieldErrors, ok, type Result } from '@/lib/protocol/result';
import { wrongUnixMs } from '@/lib/protocol/time-expression';
import type { NewEvent } from '@/lib/server/event-log/event-log';

const sensor = sensorDataSchema.shape.sensors.element;
/** Without the characters that a metric's name cannot have or that would match other metrics in a rule. */
const sensorId = sensor.shape.id.regex(/^[^\p{C}\p{Z}*]+$/u, {
  error: 'takes no spaces, no * and nothing that cannot be seen',
});
/** Types of events that Hostbeat makes as well: published ones are marked, whatever the body has. */
const markedTypes: ReadonlySet<string> = new Set(['user-login', 'user-logout', 'system-alert']);
/** The ids of rules' alerts are such digests: a published alert can neither end one nor be mistaken for one. */
const ruleAlertId = /^[0-9a-f]{32}$/i;
/** Kinds of alerts about Hostbeat itself: a rule, its shutdown, its databases. */
const ownKinds: readonly string[] = ['rule', 'shutdown', 'storage'];
/** The payloads that a program may publish: fields that may be left out have defaults. */
const published = {
  message: messageSchema.extend({
    title: messageSchema.shape.title.default(null),
    url: messageSchema.shape.url.default(null),
    source: messageSchema.shape.source.default(null),
    until: messageSchema.shape.until.default(null),
  }),
  'user-login': loginSchema.omit({ origin: true }).extend({
    terminal: loginSchema.shape.terminal.default(null),
    from: loginSchema.shape.from.default(null),
  }),
  'user-logout': loginSchema.omit({ origin: true }).extend({
    terminal: loginSchema.shape.terminal.default(null),
    from: loginSchema.shape.from.default(null),
  }),
  'system-alert': systemAlertSchema.omit({ origin: true }).extend({
    alertId: systemAlertSchema.shape.alertId
      .refine((id) => !ruleAlertId.test(id.trim()), {
        error: 'is how the alerts of rules are named (32 hexadecimal digits); take another',
      })
      .default(() => crypto.randomUUID()),
    ruleId: z.null({ error: 'takes null: alerts of rules are made by the server alone' }).default(null),
    kind: systemAlertSchema.shape.kind
      .refine((kind) => !ownKinds.includes(kind.trim().toLowerCase()), {
        error: `takes none of ${ownKinds.join(', ')}, which the server alone says`,
      })
      .default('published'),
    severity: systemAlertSchema.shape.severity.default('warning'),
    state: systemAlertSchema.shape.state.default('firing'),
    metric: systemAlertSchema.shape.metric.default(null),
    value: systemAlertSchema.shape.value.default(null),
    threshold: systemAlertSchema.shape.threshold.default(null),
    since: systemAlertSchema.shape.since.optional(),
    message: systemAlertSchema.shape.message.default(''),
    condition: z.null({ error: 'takes null: it is what a rule asks for' }).default(null),
    culprits: systemAlertSchema.shape.culprits.default([]),
  }),
  'sensor-data': sensorDataSchema.extend({
    sensors: z
      .array(
        sensor
          .partial({ label: true, kind: true, unit: true, high: true, critical: true })
          .extend({ id: sensorId }),
      )
      .min(1),
  }),
} as const;

type PublishedType = keyof typeof published;

/** Types of the feed's own events. */
const reserved = new Set(['hello', 'heartbeat', 'gap', 'reset', 'error', 'open']);
const customTypePattern = /^[a-z][a-z0-9-]{0,63}$/;

const envelope = z.strictObject({ type: z.string(), data: z.record(z.string(), z.unknown()) });
const eventsMax = 100;
/** Deeper than any meant payload, and shallow enough for recursive readers. */
const depthMax = 32;
/** A clock may be ahead by so much. An event with a later time would stay the newest for as long. */
const aheadMsMax = 300_000;
const body = z.union([envelope.transform((one) => [one]), z.array(envelope).min(1).max(eventsMax)]);

export interface PublishContext {
  /** Unix ms, for events without a time. */
  readonly now: number;
  /** The host of the events. */
  readonly host: string;
  /** The last description of a sensor. Without a kind, that of `custom`, or else of its only kind. */
  readonly lookUpSensor?: (id: string, kind: SensorKind | null) => SensorDescription | null;
}

type SensorDescription = Omit<Sensor, 'id' | 'value'>;

/** Reads the body of `POST /api/events`: `{type, data}` or up to 100 of those. */
export function parsePublished(text: string, context: PublishContext): Result<readonly NewEvent[]> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return badBody([{ path: '', message: `is not JSON: ${error instanceof Error ? error.message : error}` }]);
  }
  return readPublished(json, context);
}

/** The same for parsed JSON. */
export function readPublished(json: unknown, context: PublishContext): Result<readonly NewEvent[]> {
  if (isDeeperThan(json, depthMax)) {
    return badBody([{ path: '', message: `is nested more than ${depthMax} deep` }]);
  }
  const isList = Array.isArray(json);
  const parsed = (isList ? body.options[1] : envelope).safeParse(json);
  if (!parsed.success) return badBody(fieldErrors(parsed.error));
  const asked = Array.isArray(parsed.data) ? parsed.data : [parsed.data];
  const errors: ProblemError[] = [];
  const events: NewEvent[] = [];
  for (const [index, { type, data }] of asked.entries()) {
    const at = isList ? [index] : [];
    const result = read(type, data, context);
    if (Array.isArray(result))
      errors.push(
        ...result.map(({ path, message }) => ({
          path: [...at, path].filter((part) => part !== '').join('.'),
          message,
        })),
      );
    else events.push(result);
  }
  return errors.length > 0 ? badBody(errors) : ok(events);
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((part) => isDeeperThan(part, depth - 1));
}

function read(
  type: string,
  data: Record<string, unknown>,
  context: PublishContext,
): NewEvent | ProblemError[] {
  const { now, host } = context;
  const otherUnits = wrongUnits(type, data);
  if (otherUnits.length > 0) return otherUnits;
  if (Object.hasOwn(published, type)) {
    const parsed = published[type as PublishedType].safeParse({ t: now, ...data, host });
    if (!parsed.success) return fieldErrors(parsed.error, ['data']);
    const payload = completed(parsed.data, context);
    const wrong = wrongTime(type, payload, now);
    if (wrong) return [wrong];
    const marked = markedTypes.has(type) ? { ...payload, origin: 'published' } : payload;
    return { type, host, t: payload.t, json: JSON.stringify(marked) };
  }
  if (isLoggedType(type) || reserved.has(type) || !customTypePattern.test(type)) {
    const names = Object.keys(published).join(', ');
    const message = `"${type.slice(0, 64)}" cannot be published; it takes ${names}, or a name of your own: a small letter, then up to 63 small letters, digits and dashes`;
    return [{ path: 'type', message }];
  }
  const t = z
    .number()
    .int()
    .nonnegative()
    .safeParse(data.t ?? now);
  if (!t.success) return [{ path: 'data.t', message: 'takes Unix milliseconds' }];
  const wrong = wrongTime(type, { t: t.data }, now);
  if (wrong) return [wrong];
  return { type, host, t: t.data, json: JSON.stringify({ ...data, t: t.data, host }) };
}

/** The fields with times in the payloads of types that have others than `t`. */
const timeFields: Readonly<Record<string, readonly string[]>> = {
  message: ['t', 'until'],
  'system-alert': ['t', 'since'],
};

/** The times that are not in milliseconds, such as in seconds. */
function wrongUnits(type: string, data: Readonly<Record<string, unknown>>): ProblemError[] {
  const fields = Object.hasOwn(timeFields, type) ? timeFields[type] : undefined;
  return (fields ?? ['t']).flatMap((field) => {
    const t = data[field];
    const message = typeof t === 'number' ? wrongUnixMs(t) : null;
    return message === null ? [] : [{ path: `data.${field}`, message }];
  });
}

/** Past times are accepted as far back as retention reaches. */
function wrongTime(
  type: string,
  payload: {
    readonly t: number;
    readonly until?: number | null | undefined;
    readonly since?: number | undefined;
  },
  now: number,
): ProblemError | null {
  const { t, until } = payload;
  for (const field of ['t', 'until', 'since'] as const) {
    const ahead = (payload[field] ?? t) - now;
    if (ahead <= aheadMsMax) continue;
    const message = `is ${Math.round(ahead / 60_000)} min ahead of the clock here; it takes Unix milliseconds, UTC`;
    return { path: `data.${field}`, message };
  }
  if (until != null && until < t) return { path: 'data.until', message: 'lies before t' };
  if (isSampleType(type)) {
    if (t >= now - historyKeptMs) return null;
    return { path: 'data.t', message: 'is longer ago than the ten years for which history is kept' };
  }
  if (t >= now - durableEventsKeptMs) return null;
  const days = durableEventsKeptMs / 86_400_000;
  return { path: 'data.t', message: `is longer ago than the ${days} days for which events are kept` };
}

/** Fills in the fields that depend on other fields or on a sensor's last description. */
function completed<T extends { readonly t: number }>(payload: T, { lookUpSensor }: PublishContext): T {
  if ('alertId' in payload && !('since' in payload)) return { ...payload, since: payload.t };
  if ('sensors' in payload && Array.isArray(payload.sensors)) {
    return { ...payload, sensors: payload.sensors.map((one) => described(one, lookUpSensor)) };
  }
  return payload;
}

/** The unit of each kind of sensor. */
export const unitOfKind: Readonly<Record<SensorKind, string>> = {
  temperature: '°C',
  fan: 'rpm',
  voltage: 'V',
  power: 'W',
  humidity: '%',
  battery: '%',
  custom: '',
};

type Given = Pick<Sensor, 'id' | 'value'> & {
  readonly [K in keyof SensorDescription]?: SensorDescription[K] | undefined;
};

function described(given: Given, lookUp: PublishContext['lookUpSensor']): Sensor {
  const { id, value } = given;
  const known = lookUp?.(id, given.kind ?? null);
  const kind = given.kind ?? known?.kind ?? 'custom';
  return {
    id,
    label: given.label ?? known?.label ?? id,
    kind,
    value,
    unit: given.unit ?? known?.unit ?? unitOfKind[kind],
    high: given.high === undefined ? (known?.high ?? null) : given.high,
    critical: given.critical === undefined ? (known?.critical ?? null) : given.critical,
  };
}
