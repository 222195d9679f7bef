import { z } from 'zod';
import type { NewEvent } from './event-log';
import { isLoggedType } from './event-types';
import { loginSchema, messageSchema, sensorDataSchema, systemAlertSchema } from './payloads';
import type { Problem, ProblemError } from './problem';

/** What a program may publish, in the shape in which it comes: what can be left out has its default. */
const sensor = sensorDataSchema.shape.sensors.element;
const published = {
  message: messageSchema.extend({
    title: messageSchema.shape.title.default(null),
    url: messageSchema.shape.url.default(null),
    source: messageSchema.shape.source.default(null),
  }),
  'user-login': loginSchema.extend({
    terminal: loginSchema.shape.terminal.default(null),
    from: loginSchema.shape.from.default(null),
  }),
  'user-logout': loginSchema.extend({
    terminal: loginSchema.shape.terminal.default(null),
    from: loginSchema.shape.from.default(null),
  }),
  'system-alert': systemAlertSchema.extend({
    alertId: systemAlertSchema.shape.alertId.default(() => crypto.randomUUID()),
    ruleId: systemAlertSchema.shape.ruleId.default(null),
    kind: systemAlertSchema.shape.kind.default('published'),
    severity: systemAlertSchema.shape.severity.default('warning'),
    state: systemAlertSchema.shape.state.default('firing'),
    metric: systemAlertSchema.shape.metric.default(null),
    value: systemAlertSchema.shape.value.default(null),
    threshold: systemAlertSchema.shape.threshold.default(null),
    since: systemAlertSchema.shape.since.optional(),
    message: systemAlertSchema.shape.message.default(''),
    condition: systemAlertSchema.shape.condition.default(null),
    culprits: systemAlertSchema.shape.culprits.default([]),
  }),
  'sensor-data': sensorDataSchema.extend({
    sensors: z
      .array(
        sensor.extend({
          label: sensor.shape.label.optional(),
          kind: sensor.shape.kind.default('custom'),
          unit: sensor.shape.unit.default(''),
          high: sensor.shape.high.default(null),
          critical: sensor.shape.critical.default(null),
        }),
      )
      .min(1),
  }),
} as const;

type PublishedType = keyof typeof published;

/** Types of the feed's own, and of what only a host can know. */
const reserved = new Set(['hello', 'heartbeat', 'gap', 'reset', 'error', 'open']);
const inventedPattern = /^[a-z][a-z0-9-]{0,63}$/;

const envelope = z.strictObject({ type: z.string(), data: z.record(z.string(), z.json()) });
const maxEvents = 100;
const body = z.union([envelope.transform((one) => [one]), z.array(envelope).min(1).max(maxEvents)]);

export interface PublishContext {
  /** Unix ms, for events that do not say when they happened. */
  readonly now: number;
  /** The host that they are of. */
  readonly host: string;
}

export type Published =
  | { readonly ok: true; readonly events: readonly NewEvent[] }
  | { readonly ok: false; readonly problem: Problem };

/** Reads the body of `POST /api/events`: `{type, data}` or up to 100 of those. */
export function parsePublished(text: string, context: PublishContext): Published {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refusal([{ path: '', message: `is not JSON: ${error instanceof Error ? error.message : error}` }]);
  }
  const isList = Array.isArray(json);
  const parsed = (isList ? body.options[1] : envelope).safeParse(json);
  if (!parsed.success) return refusal(errorsOf(parsed.error, []));
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
  return errors.length > 0 ? refusal(errors) : { ok: true, events };
}

function read(
  type: string,
  data: Record<string, unknown>,
  { now, host }: PublishContext,
): NewEvent | ProblemError[] {
  if (Object.hasOwn(published, type)) {
    const parsed = published[type as PublishedType].safeParse({ t: now, ...data, host });
    if (!parsed.success) return errorsOf(parsed.error, ['data']);
    const payload = completed(parsed.data);
    return { type, host, t: payload.t, json: JSON.stringify(payload) };
  }
  if (isLoggedType(type) || reserved.has(type) || !inventedPattern.test(type)) {
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
  return { type, host, t: t.data, json: JSON.stringify({ ...data, t: t.data, host }) };
}

/** Fills in what depends on other fields. */
function completed<T extends { readonly t: number }>(payload: T): T {
  if ('alertId' in payload && !('since' in payload)) return { ...payload, since: payload.t };
  if ('sensors' in payload && Array.isArray(payload.sensors)) {
    return { ...payload, sensors: payload.sensors.map((one) => ({ ...one, label: one.label ?? one.id })) };
  }
  return payload;
}

function errorsOf(error: z.ZodError, prefix: readonly string[]): ProblemError[] {
  return error.issues.map(({ path, message }) => ({ path: [...prefix, ...path].join('.'), message }));
}

function refusal(errors: readonly ProblemError[]): Published {
  const detail = errors
    .map(({ path, message }) => `${path === '' ? 'the body' : path}: ${message}`)
    .join('; ');
  return { ok: false, problem: { code: 'bad-body', detail: detail.slice(0, 2000), errors } };
}
