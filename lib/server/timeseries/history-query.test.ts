import { expect, test } from 'vitest';
import { runToEnd } from '@/lib/server/concurrency/turns';
import { csvOf } from './csv';
import { parseHistoryQuery } from './history-query';

const now = 1_795_392_000_000;
const parse = (query: string) =>
  parseHistoryQuery(new URLSearchParams(query), {
    now,
    host: 'atlas',
    knows: (host, metric) => host === 'atlas' && metric.startsWith('cpu.'),
  });

function query(text: string) {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  return parsed.value;
}

test('the default is the last hour in 500 points', () => {
  expect(query('metric=cpu.totalPercent')).toEqual({
    host: 'atlas',
    metrics: ['cpu.totalPercent'],
    from: now - 3_600_000,
    to: now,
    points: 500,
  });
});

test('a range that ends later than now ends now', () => {
  expect(query(`metric=cpu.load1&metric=cpu.load5&from=${now - 10}&to=${now + 99}&points=7`)).toEqual({
    host: 'atlas',
    metrics: ['cpu.load1', 'cpu.load5'],
    from: now - 10,
    to: now,
    points: 7,
  });
});

test('a metric that is named twice is answered once', () => {
  expect(query('metric=cpu.load1&metric=cpu.load5&metric=cpu.load1').metrics).toEqual([
    'cpu.load1',
    'cpu.load5',
  ]);
});

test.each([
  ['', 'metric', 'is needed'],
  ['metric=', 'metric', 'is needed'],
  [
    `metric=${Array.from({ length: 25 }, (_, n) => `cpu.core${n}.percent`).join('&metric=')}`,
    'metric',
    'at most 24',
  ],
  ['metric=gpu.heat', 'metric', '/api/metrics'],
  ['metric=cpu.load1&host=other', 'metric', 'of other'],
  ['metric=cpu.load1&from=yesterday', 'from', 'Unix milliseconds'],
  [`metric=cpu.load1&from=${now - 5}&to=${now - 9}`, 'from', 'before to'],
  [`metric=cpu.load1&from=${now + 5}&to=${now + 9}`, 'from', 'future'],
  ['metric=cpu.load1&from=0', 'from', 'before anything'],
  ['metric=cpu.load1&from=5', 'from', 'in 1970'],
  ['metric=cpu.load1&from=1795392000', 'from', 'are these seconds?'],
  ['metric=cpu.load1&from=-1h&to=1795392000', 'to', 'are these seconds?'],
  ['metric=cpu.load1&from=99999999999999999', 'from', 'Unix milliseconds'],
  [`metric=cpu.load1&from=${now - 9}&from=${now - 5}`, 'from', 'Unix milliseconds'],
  ['metric=cpu.load1&points=5&points=6', 'points', '1 to 5000'],
  ['metric=cpu.load1&points=0', 'points', '1 to 5000'],
  ['metric=cpu.load1&points=9999', 'points', '1 to 5000'],
])('%s is refused, and its parameter named', (text, path, message) => {
  const parsed = parse(text);
  if (parsed.ok) throw new Error('was taken');
  expect(parsed.problem.errors?.[0]).toMatchObject({ path, message: expect.stringContaining(message) });
});

test('CSV has a row per step, an empty cell for a missing value, and quotes where needed', () => {
  const series = [
    {
      metric: 'cpu.load1',
      unit: '',
      stepMs: 1000,
      points: [[1000, 1, 1.5, 2] as const, [2000, null, null, null] as const],
    },
    { metric: 'filesystem./a,b.usedPercent', unit: '%', stepMs: 1000, points: [[1000, 5, 5, 5] as const] },
  ];
  expect(runToEnd(csvOf(series)).split('\r\n')).toEqual([
    't,time,cpu.load1.min,cpu.load1.avg,cpu.load1.max,"filesystem./a,b.usedPercent.min","filesystem./a,b.usedPercent.avg","filesystem./a,b.usedPercent.max"',
    '1000,1970-01-01T00:00:01.000Z,1,1.5,2,5,5,5',
    '2000,1970-01-01T00:00:02.000Z,,,,,,',
    '',
  ]);
});
