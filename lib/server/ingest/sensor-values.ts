import { sensorKinds } from '@/lib/protocol/payloads';
import { badBody, type Result } from '@/lib/protocol/result';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import { type PublishContext, readPublished } from './published-event';

/** Names of values that are kinds; the unit of a value of any other name is not known. */
const kinds: readonly string[] = sensorKinds.filter((kind) => kind !== 'custom');

const idPattern = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,31}$/u;
const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** How programs write a missing number. */
const missingPattern = /^[+-]?(nan|null|none|unavailable)$/i;
const details = ['value', 'unit', 'label', 'kind', 'high', 'critical'];

export interface SensorBody {
  readonly id: string;
  /** A number, JSON (a number, or an object of them), or `name=value&name=value`. */
  readonly text: string;
  /** `unit`, `label`, `kind`, `high`, `critical` and `t`, where the body does not have them. */
  readonly query: URLSearchParams;
}

/**
 * Reads the body of `POST /api/sensors/{id}`: one `sensor-data` event. Names that are kinds
 * (`temperature`, `humidity`) are values of the sensor itself; any other name is a sensor `{id}.{name}`.
 */
export function parseSensorValues(
  { id, text, query }: SensorBody,
  context: PublishContext,
): Result<readonly NewEvent[]> {
  if (!idPattern.test(id)) {
    const message = 'takes up to 64 letters, digits, dots, dashes and underscores, a letter or digit first';
    return badBody([{ path: 'id', message }]);
  }
  const read = readBody(text.trim());
  if ('message' in read) return badBody([{ path: '', message: read.message }]);
  const { t: givenT, ...described } = Object.fromEntries(query);
  const unknown = Object.keys(described).find((name) => !details.includes(name) || name === 'value');
  if (unknown !== undefined) {
    return badBody([{ path: unknown, message: `is none of unit, label, kind, high, critical, t` }]);
  }
  const fromQuery = {
    ...described,
    ...numbersIn(described, ['high', 'critical']),
  };
  const { value: body } = read;
  if (!isRecord(body)) return publish(id, [{ id, ...fromQuery, value: body }], givenT, context);

  const { t = givenT, ...fields } = body;
  if ('value' in fields) {
    const stray = Object.keys(fields).find((name) => !details.includes(name));
    if (stray !== undefined) return badBody([{ path: stray, message: `is none of ${details.join(', ')}` }]);
    return publish(id, [{ id, ...fromQuery, ...fields }], t, context);
  }
  const names = Object.keys(fields);
  if (names.length === 0) return badBody([{ path: '', message: 'has no value' }]);
  const wrong = names.filter((name) => !namePattern.test(name));
  if (wrong.length > 0) {
    const message = 'as a name takes up to 32 letters, digits, dashes and underscores';
    return badBody(wrong.map((path) => ({ path: path.slice(0, 64), message })));
  }
  const sensors = Object.entries(fields).map(([name, value]) => {
    const named = kinds.includes(name) ? { id, kind: name } : sensorOfName(`${id}.${name}`, name, context);
    return { ...named, ...(isRecord(value) ? value : { value }) };
  });
  return publish(id, sensors, t, context, names);
}

/** A sensor for a name of the body. The name is its label until another one is published. */
const sensorOfName = (id: string, name: string, { lookUpSensor }: PublishContext) => ({
  id,
  label: lookUpSensor?.(id, null)?.label ?? name,
});

type Read = { readonly value: unknown } | { readonly message: string };

function readBody(text: string): Read {
  if (text === '') return { message: 'is empty; it takes a number such as 23.5' };
  const one = readNumber(text);
  if (one !== undefined) return { value: one };
  if (!/^[[{"]/.test(text)) return readPairs(text);
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return { value };
    return { message: 'takes a number, or an object such as {"temperature":23.5,"humidity":61}' };
  } catch (error) {
    return { message: `is not JSON: ${error instanceof Error ? error.message : error}` };
  }
}

function readPairs(text: string): Read {
  const pairs = [...new URLSearchParams(text)];
  const values = pairs.map(([name, value]) => [name, readNumber(value.trim())] as const);
  const wrong = values.findIndex(([, value]) => value === undefined);
  if (wrong >= 0) {
    const [name, value] = pairs[wrong] ?? ['', ''];
    const shown = JSON.stringify((text.includes('=') ? value : name).slice(0, 60));
    return { message: `takes a number such as 23.5; ${shown} is none` };
  }
  return { value: Object.fromEntries(values) };
}

/** `null` for a missing number; `undefined` for text that is no number. */
function readNumber(text: string): number | null | undefined {
  if (numberPattern.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  return missingPattern.test(text) ? null : undefined;
}

/** Those of these fields that are written as numbers, as numbers; the check refuses the others. */
function numbersIn(fields: Readonly<Record<string, string>>, names: readonly string[]) {
  const read = names.map((name) => [name, readNumber(fields[name] ?? '')] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

function publish(
  id: string,
  sensors: readonly object[],
  t: unknown,
  context: PublishContext,
  names: readonly string[] = [],
): Result<readonly NewEvent[]> {
  const at = typeof t === 'string' && /^\d{1,20}$/.test(t) ? Number(t) : t;
  const data = { ...(at === undefined ? {} : { t: at }), sensors };
  const parsed = readPublished({ type: 'sensor-data', data }, context);
  if (parsed.ok) return parsed;
  const errors = (parsed.problem.errors ?? []).map(({ path, message }) => ({
    path: pathInBody(path, names),
    message,
  }));
  return badBody(errors.length > 0 ? errors : [{ path: id, message: parsed.problem.detail }]);
}

/** Where the publisher wrote a field: `humidity` for `data.sensors.1.value`. */
function pathInBody(path: string, names: readonly string[]): string {
  const [, index = '', field = ''] = /^data\.(?:sensors\.(\d+)\.)?(.*)$/.exec(path) ?? [];
  const name = names[Number(index)];
  if (index === '' || name === undefined) return field;
  return field === 'value' ? name : `${name}.${field}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
