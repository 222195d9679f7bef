import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loggedSchemas } from './event-schemas';
import { isLoggedType } from './event-types';
import { parsePublished } from './published';

const context = { now: 1_000, host: 'atlas' };

function events(body: unknown) {
  const parsed = parsePublished(JSON.stringify(body), context);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.events.map(({ json, ...event }) => ({ ...event, payload: JSON.parse(json) }));
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
      t: 1000,
      payload: { t: 1000, host: 'atlas', title: null, text: 'hello', url: null, source: null },
    },
  ]);
});

test.each([
  { type: 'user-login', data: { user: 'ada' } },
  { type: 'user-logout', data: { user: 'ada', terminal: 'pts/0', from: '192.0.2.7', t: 5 } },
  { type: 'system-alert', data: { name: 'Backup failed' } },
  { type: 'sensor-data', data: { sensors: [{ id: 'greenhouse', value: 23.5 }] } },
  { type: 'message', data: { text: '', url: 'https://example.org/a' } },
])('what is published has the shape that the contract promises: $type', (body) => {
  const [event] = events(body);
  const type = event?.type ?? '';
  expect(isLoggedType(type) && loggedSchemas[type].parse(event?.payload)).toEqual(event?.payload);
});

test('the host is ours, whatever the body says; the time may be the body’s', () => {
  const [event] = events({ type: 'deploy', data: { host: 'other', t: 77, version: '1.2' } });
  expect(event).toEqual({
    type: 'deploy',
    host: 'atlas',
    t: 77,
    payload: { host: 'atlas', t: 77, version: '1.2' },
  });
});

test('an array keeps its order, and one bad event refuses all, named by its place', () => {
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
])('%j is refused, and the field is named', (body, path) => {
  expect(errors(body)[0]?.path).toBe(path);
});

test('no body whatever throws, and what is taken is one line of JSON', () => {
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
        if (parsed.ok) for (const { json } of parsed.events) expect(json).not.toMatch(/[\r\n]/);
      },
    ),
  );
});
