import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSensorValues } from './sensor-values';

const now = Date.UTC(2026, 10, 23, 12);
const context = { now, host: 'atlas' };

function parse(text: string, { id = 'greenhouse', query = '' } = {}) {
  return parseSensorValues({ id, text, query: new URLSearchParams(query) }, context);
}

function payload(text: string, options?: Parameters<typeof parse>[1]) {
  const parsed = parse(text, options);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  expect(parsed.value).toHaveLength(1);
  const [event] = parsed.value;
  expect(event).toMatchObject({ type: 'sensor-data', host: 'atlas' });
  return JSON.parse(event?.json ?? '') as { t: number; sensors: Record<string, unknown>[] };
}

function paths(text: string, options?: Parameters<typeof parse>[1]) {
  const parsed = parse(text, options);
  if (parsed.ok) throw new Error('was taken');
  expect(parsed.problem.code).toBe('bad-body');
  return parsed.problem.errors?.map(({ path }) => path);
}

const bare = { id: 'greenhouse', label: 'greenhouse', kind: 'custom', unit: '', high: null, critical: null };

test.each([
  ['23.5', 23.5],
  ['  -4\r\n', -4],
  ['+1e3', 1000],
  ['.5', 0.5],
  ['null', null],
  ['nan', null],
])('a number alone: %j', (text, value) => {
  expect(payload(text)).toEqual({ t: now, host: 'atlas', sensors: [{ ...bare, value }] });
});

test('the query describes the number', () => {
  const query = 'kind=temperature&label=Bench%203&high=35&critical=40&t=1795392000777';
  expect(payload('23.5', { query })).toMatchObject({
    t: 1_795_392_000_777,
    sensors: [
      {
        id: 'greenhouse',
        label: 'Bench 3',
        kind: 'temperature',
        unit: '°C',
        high: 35,
        critical: 40,
        value: 23.5,
      },
    ],
  });
  expect(payload('80', { query: 'kind=temperature&unit=°F' }).sensors).toMatchObject([{ unit: '°F' }]);
});

test.each(['{"temperature":23.5,"humidity":61}', 'temperature=23.5&humidity=61'])(
  'names that are kinds are values of the one sensor: %s',
  (text) => {
    expect(payload(text).sensors).toMatchObject([
      { id: 'greenhouse', kind: 'temperature', unit: '°C', value: 23.5 },
      { id: 'greenhouse', kind: 'humidity', unit: '%', value: 61 },
    ]);
  },
);

test('any other name is a sensor of its own after a dot', () => {
  expect(payload('{"soil":{"value":40,"unit":"%"},"lux":null,"t":1795392000005}')).toMatchObject({
    t: 1_795_392_000_005,
    sensors: [
      { id: 'greenhouse.soil', label: 'soil', kind: 'custom', unit: '%', value: 40 },
      { id: 'greenhouse.lux', label: 'lux', unit: '', value: null },
    ],
  });
});

test('one value in full', () => {
  const text = '{"value":3.3,"kind":"voltage","label":"Rail","high":3.6}';
  expect(payload(text).sensors).toEqual([
    { ...bare, value: 3.3, kind: 'voltage', unit: 'V', label: 'Rail', high: 3.6 },
  ]);
});

test.each([
  ['', ['']],
  ['warm', ['']],
  ['23,5', ['']],
  ['0x10', ['']],
  ['1e999', ['']],
  ['{', ['']],
  ['[1,2]', ['']],
  ['"23.5"', ['']],
  ['{}', ['']],
  ['temperature=', ['']],
  ['{"temperature":"hot"}', ['temperature']],
  ['{"value":true}', ['value']],
  ['{"value":1,"colour":"red"}', ['colour']],
  ['{"temperature":{"value":1,"high":"x"}}', ['temperature.high']],
  ['{"a b":1}', ['a b']],
  ['{"value":1,"kind":"mood"}', ['kind']],
  ['{"value":1,"t":-1}', ['t']],
  ['{"value":1,"t":"soon"}', ['t']],
])('an error names the place in the publisher’s body: %s', (text, expected) => {
  expect(paths(text)).toEqual(expected);
});

test.each(['', '../etc', 'a b', '-x', 'x'.repeat(65), '\u0000'])('an invalid id is refused: %j', (id) => {
  expect(paths('1', { id })).toEqual(['id']);
});

test('an unknown query parameter is refused', () => {
  expect(paths('1', { query: 'units=C' })).toEqual(['units']);
  expect(paths('1', { query: 'high=warm' })).toEqual(['high']);
});

test('no body and no query throws, and what is accepted is an event', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json(), fc.webQueryParameters()),
      fc.oneof(fc.string(), fc.constant('greenhouse')),
      fc.oneof(fc.constant(''), fc.webQueryParameters()),
      (text, id, query) => {
        const parsed = parse(text, { id, query });
        if (parsed.ok) expect(() => JSON.parse(parsed.value[0]?.json ?? '')).not.toThrow();
        else expect(parsed.problem.errors?.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 1000 },
  );
});

test('a body that is nested too deep is refused', () => {
  expect(paths(`{"co2":{"value":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`)).toEqual(['']);
});

test('a sensor of its own keeps a label that was published once', () => {
  const known = {
    kind: 'custom',
    label: 'Air in the study',
    unit: 'ppm',
    high: 1_000,
    critical: null,
  } as const;
  const lookUpSensor = (id: string) => (id === 'study.co2' ? known : null);
  const body = { id: 'study', text: '{"co2":412,"voc":3}', query: new URLSearchParams() };
  const parsed = parseSensorValues(body, { ...context, lookUpSensor });
  expect(parsed.ok && JSON.parse(parsed.value[0]?.json ?? '').sensors).toEqual([
    { id: 'study.co2', value: 412, ...known },
    { ...bare, id: 'study.voc', label: 'voc', value: 3 },
  ]);
});

test.each([
  ['a number', '{"value":1,"t":1795392000}', ''],
  ['a string', '{"value":1,"t":"1795392000"}', ''],
  ['a string beside names', '{"humidity":61,"t":"1795392000"}', ''],
  ['the query', '23.5', 't=1795392000'],
])('a time in seconds is refused with the same text, as %s', (_, text, query) => {
  const parsed = parse(text, { query });
  expect(parsed.ok ? null : parsed.problem.errors).toEqual([
    { path: 't', message: 'takes Unix milliseconds; this is in 1970, are these seconds?' },
  ]);
});
