import { expect, test } from 'vitest';
import { formatPosition, parsePosition, type ReplayPosition } from './position';
import { asksForReplay, parseReplayQuery } from './replay-query';

const now = 1_795_400_000_000;
const from = now - 60_000;
const context = { now, isKnown: (type: string) => type === 'cpu' };
const parse = (query: string, header: string | null = null) =>
  parseReplayQuery(new URLSearchParams(query), header, context);

test('parses the query', () => {
  expect(parse(`from=${from}`)).toEqual({
    ok: true,
    value: { types: null, hosts: null, windowSeconds: 0, lastEventId: '', from, to: null, speed: 1 },
  });
  expect(
    parse(`from=${from}&to=${now + 5}&speed=60&window=3600&types=cpu&lastEventId=a`, 'b-7'),
  ).toMatchObject({
    value: { to: now + 5, speed: 60, windowSeconds: 3600, types: new Set(['cpu']), lastEventId: 'b-7' },
  });
});

test.each([
  ['speed=10', ['speed']],
  ['to=5&speed=1', ['to', 'speed']],
  ['from=', ['from']],
  ['from=yesterday', ['from']],
  ['from=-5', ['from']],
  ['from=5', ['from']],
  [`from=${now + 1_000}`, ['from']],
  [`from=${from}&from=${from}`, ['from']],
  [`from=${from}&to=${from}`, ['to']],
  [`from=${from}&to=x`, ['to']],
  [`from=${from}&speed=2`, ['speed']],
  [`from=${from}&speed=`, ['speed']],
  [`from=${from}&window=3601`, ['window']],
  [`from=${from}&types=nothing`, ['types']],
  [`from=x&window=x&speed=x`, ['window', 'from', 'speed']],
])('refuses %s', (query, paths) => {
  expect(asksForReplay(new URLSearchParams(query))).toBe(true);
  const parsed = parse(query);
  expect(parsed).toMatchObject({ ok: false, problem: { code: 'bad-query' } });
  expect(!parsed.ok && parsed.problem.errors?.map(({ path }) => path)).toEqual(paths);
});

test('a query of the live feed is not a replay', () => {
  expect(asksForReplay(new URLSearchParams('types=cpu&window=5'))).toBe(false);
});

test('positions are parsed as they were formatted; those of other logs are null', () => {
  const places: ReplayPosition[] = [
    { kind: 'logged', seq: 0 },
    { kind: 'logged', seq: 9_007_199_254_740_991 },
    { kind: 'rebuilt', t: now, part: 0 },
    { kind: 'rebuilt', t: 0, part: 10 },
    { kind: 'end' },
  ];
  for (const place of places) {
    expect(parsePosition('log1', formatPosition('log1', place))).toEqual(place);
    expect(parsePosition('log2', formatPosition('log1', place))).toBeNull();
  }
  for (const text of [
    '',
    'log1',
    'log1~',
    'log1~5',
    'log1~-5.1',
    'log1~5.1.2',
    'log1~5.1 ',
    'log1~end.1',
    'log1-x',
  ])
    expect(parsePosition('log1', text), text).toBeNull();
});
