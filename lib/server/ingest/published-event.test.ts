import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLoggedType } from '@/lib/protocol/event-types';
import { loggedSchemas } from './event-schemas';
import { type PublishContext, parsePublished } from './published-event';

const context = { now: Date.UTC(2026, 10, 23, 12), host: 'atlas' };
const { now: present } = context;

function events(body: unknown) {
  const parsed = parsePublished(JSON.stringify(body), context);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value.map(({ json, ...event }) => ({ ...event, payload: JSON.parse(json) }));
}

function errors(body: unknown) {
  const parsed = parsePublished(typeof body === 'string' ? body : JSON.stringify(body), context);
  if (parsed.ok) throw new Error('was taken');
  expect(parsed.problem.code).toBe('bad-body');
  return parsed.problem.errors ?? [];
}

test('a message needs only its text; all that is left out is null', () => {
  expect(events({ type: 'message', data: { text: 'hello' } })).toEqual([
    {
      type: 'message',
      host: 'atlas',
      t: present,
      payload: {
        t: present,
        host: 'atlas',
        title: null,
        text: 'hello',
        url: null,
        source: null,
        until: null,
      },
    },
  ]);
});

test.each([
  { type: 'user-login', data: { user: 'ada' } },
  { type: 'user-logout', data: { user: 'ada', terminal: 'pts/0', from: '192.0.2.7', t: present - 5 } },
  { type: 'system-alert', data: { name: 'Backup failed' } },
  { type: 'sensor-data', data: { sensors: [{ id: 'greenhouse', value: 23.5 }] } },
  { type: 'message', data: { text: '', url: 'https://example.org/a' } },
])('published events have the shape of the schema: $type', (body) => {
  const [event] = events(body);
  const type = event?.type ?? '';
  expect(isLoggedType(type) && loggedSchemas[type].parse(event?.payload)).toEqual(event?.payload);
});

test('the host is this one, whatever the body has; the time may be the body’s', () => {
  const [event] = events({ type: 'deploy', data: { host: 'other', t: present - 77, version: '1.2' } });
  expect(event).toEqual({
    type: 'deploy',
    host: 'atlas',
    t: present - 77,
    payload: { host: 'atlas', t: present - 77, version: '1.2' },
  });
});

test('past events are accepted as far back as they are kept, with their duration', () => {
  const day = 86_400_000;
  const now = context.now;
  const parse = (data: object, type = 'message') =>
    parsePublished(JSON.stringify({ type, data: { text: 'x', ...data } }), { now, host: 'atlas' });
  const refused = (data: object, type?: string) => {
    const parsed = parse(data, type);
    return parsed.ok ? null : parsed.problem.errors?.map(({ path }) => path);
  };
  const taken = parse({ t: now - 90 * day, until: now });
  expect(taken.ok && JSON.parse(taken.value[0]?.json ?? '')).toMatchObject({
    t: now - 90 * day,
    until: now,
  });
  expect(refused({ t: now - 90 * day - 1 })).toEqual(['data.t']);
  expect(refused({ t: now - 90 * day - 1 }, 'deploy')).toEqual(['data.t']);
  expect(refused({ t: now - 5, until: now - 6 })).toEqual(['data.until']);
  expect(refused({ t: now - 5, until: now + 300_001 })).toEqual(['data.until']);
  expect(refused({ t: now - 5, until: 'later' })).toEqual(['data.until']);
});

const kinds: readonly (readonly [type: string, data: object, field: string])[] = [
  ['message', { text: 'x' }, 't'],
  ['message', { text: 'x' }, 'until'],
  ['deploy', {}, 't'],
  ['user-login', { user: 'ada' }, 't'],
  ['user-logout', { user: 'ada' }, 't'],
  ['system-alert', { name: 'x' }, 't'],
  ['system-alert', { name: 'x' }, 'since'],
  ['sensor-data', { sensors: [{ id: 'greenhouse', value: 21.5 }] }, 't'],
];

describe.each(kinds)('%s %j: %s', (type, data, field) => {
  const refused = (t: number) => errors({ type, data: { ...data, [field]: t } });

  test.each([
    ['seconds', 1e-3, 'in 1970, are these seconds?'],
    ['microseconds', 1e3, 'are these microseconds?'],
    ['nanoseconds', 1e6, 'are these nanoseconds?'],
  ])('in %s is refused with its cause', (_, factor, text) => {
    const [error] = refused(Math.floor(present * factor));
    expect(error).toMatchObject({ path: `data.${field}`, message: expect.stringContaining(text) });
  });

  test('of a clock that was never set, or far ahead, is refused', () => {
    for (const t of [0, 1_000, Date.UTC(2000, 0, 1), present + 300_001])
      expect(refused(t)[0]?.path).toBe(`data.${field}`);
  });
});

test('a sample is accepted as far back as history is kept, and no further', () => {
  const of = (t: number) =>
    parsePublished(
      JSON.stringify({ type: 'sensor-data', data: { t, sensors: [{ id: 'well', value: 3 }] } }),
      { ...context, now: Date.UTC(2035, 0, 1) },
    ).ok;
  expect(of(Date.UTC(2026, 0, 1))).toBe(true);
  expect(of(Date.UTC(2024, 11, 1))).toBe(false);
});

test('while the clock is at 1970, an event without a time is accepted', () => {
  const body = { type: 'sensor-data', data: { sensors: [{ id: 'well', value: 3 }] } };
  expect(parsePublished(JSON.stringify(body), { ...context, now: 90_000 }).ok).toBe(true);
});

test('an array keeps its order; one bad event refuses all and is named by its index', () => {
  expect(
    events([1, 2, 3].map((n) => ({ type: 'note', data: { n } }))).map(({ payload }) => payload.n),
  ).toEqual([1, 2, 3]);
  expect(
    errors([
      { type: 'note', data: {} },
      { type: 'message', data: { text: 7 } },
    ]),
  ).toMatchObject([{ path: '1.data.text' }]);
});

test.each([
  ['not json', ''],
  ['', ''],
  [[], ''],
  [Array.from({ length: 101 }, () => ({ type: 'note', data: {} })), ''],
  [{ type: 'message' }, 'data'],
  [{ type: 'note', data: [] }, 'data'],
  [{ type: 'note', data: {}, more: 1 }, ''],
  [{ type: 'cpu', data: {} }, 'type'],
  [{ type: 'hello', data: {} }, 'type'],
  [{ type: 'gap', data: {} }, 'type'],
  [{ type: 'Deploy', data: {} }, 'type'],
  [{ type: 'a'.repeat(65), data: {} }, 'type'],
  [{ type: 'line\nbreak', data: {} }, 'type'],
  [{ type: '__proto__', data: {} }, 'type'],
  [{ type: 'note', data: { t: -1 } }, 'data.t'],
  [{ type: 'note', data: { t: '5' } }, 'data.t'],
  [{ type: 'message', data: { text: 'x', url: 'javascript:alert(1)' } }, 'data.url'],
  [{ type: 'user-login', data: {} }, 'data.user'],
  [{ type: 'sensor-data', data: { sensors: [] } }, 'data.sensors'],
  [{ type: 'sensor-data', data: { sensors: [{ id: 'a', value: 'warm' }] } }, 'data.sensors.0.value'],
  [{ type: 'system-alert', data: { name: 'x', severity: 'bad' } }, 'data.severity'],
  [{ type: 'sensor-data', data: { sensors: [{ id: 'a*', value: 1 }] } }, 'data.sensors.0.id'],
  [{ type: 'sensor-data', data: { sensors: [{ id: 'a b', value: 1 }] } }, 'data.sensors.0.id'],
  [{ type: 'message', data: { text: 'x', t: present + 300_001 } }, 'data.t'],
  [{ type: 'note', data: { t: present + 300_001 } }, 'data.t'],
])('%j is refused, and the field is named', (body, path) => {
  expect(errors(body)[0]?.path).toBe(path);
});

test('a payload that is nested too deep is refused', () => {
  const nested = (depth: number) => `{"type":"note","data":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
  expect(parsePublished(nested(30), context).ok).toBe(true);
  expect(errors(nested(31))[0]?.message).toMatch(/nested/);
  expect(errors(nested(30_000))[0]?.message).toMatch(/nested/);
});

test('a sensor’s missing fields are its last ones; given fields count, null as well', () => {
  const known = { label: 'Fridge', kind: 'temperature', unit: '°F', high: 46, critical: 50 } as const;
  const lookUpSensor: PublishContext['lookUpSensor'] = (_, kind) =>
    kind === null || kind === known.kind ? known : null;
  const read = (sensor: object) => {
    const body = { type: 'sensor-data', data: { sensors: [{ id: 'fridge', ...sensor }] } };
    const parsed = parsePublished(JSON.stringify(body), { ...context, lookUpSensor });
    return parsed.ok && JSON.parse(parsed.value[0]?.json ?? '').sensors[0];
  };
  expect(read({ value: 40 })).toEqual({ id: 'fridge', value: 40, ...known });
  expect(read({ value: 4, unit: '°C', high: null })).toEqual({
    id: 'fridge',
    value: 4,
    ...known,
    unit: '°C',
    high: null,
  });
  expect(read({ value: 61, kind: 'humidity' })).toEqual({
    id: 'fridge',
    value: 61,
    label: 'fridge',
    kind: 'humidity',
    unit: '%',
    high: null,
    critical: null,
  });
});

test('no body throws, and an accepted event is one line of JSON', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .record({
            type: fc.constantFrom('message', 'deploy', 'sensor-data'),
            data: fc.dictionary(fc.string(), fc.jsonValue()),
          })
          .map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const parsed = parsePublished(text, context);
        if (parsed.ok) for (const { json } of parsed.value) expect(json).not.toMatch(/[\r\n]/);
      },
    ),
  );
});

test.each([
  [{ kind: 'rule' }, 'data.kind'],
  [{ kind: ' Rule ' }, 'data.kind'],
  [{ kind: 'shutdown' }, 'data.kind'],
  [{ ruleId: 'filesystem-full' }, 'data.ruleId'],
  [{ alertId: '0123456789abcdef0123456789abcdef', state: 'resolved' }, 'data.alertId'],
  [{ alertId: ' 0123456789ABCDEF0123456789ABCDEF', state: 'resolved' }, 'data.alertId'],
  [{ condition: { comparison: 'above', forSeconds: 0, reason: 'value', flapping: false } }, 'data.condition'],
])('an alert of a rule cannot be published: %j', (fields, path) => {
  expect(errors({ type: 'system-alert', data: { name: 'Full', ...fields } })).toMatchObject([{ path }]);
});

test('published events of types that Hostbeat makes are marked as published, whatever the body has', () => {
  for (const origin of [undefined, null, 'host', 7])
    expect(
      events([
        { type: 'system-alert', data: { name: 'Backup', alertId: 'backup', state: 'resolved', origin } },
        { type: 'user-login', data: { user: 'ada', origin } },
        { type: 'user-logout', data: { user: 'ada', origin } },
      ]).map(({ payload }) => payload.origin),
    ).toEqual(['published', 'published', 'published']);
});
