import { expect, test } from 'vitest';
import { badTimeOf } from './bad-time-of';
import { choiceFor, panned, zoomed } from './pan-and-zoom';
import { choiceOf, presets, rangeAt, searchWith, spanOf } from './time-choice';

const now = Date.UTC(2026, 10, 23, 12);
const hour = 3_600_000;
const read = (query: string) => choiceOf(new URLSearchParams(query), now + hour);

test('every preset is read, and written into the address as it was', () => {
  for (const preset of presets) {
    const choice = read(`range=${preset}`);
    expect(choice).toEqual({ kind: 'recent', spanMs: spanOf(preset) });
    expect(searchWith('', choice)).toBe(`?range=${preset}`);
  }
});

test('two times are read in Unix ms, in ISO 8601, and as how long ago they were', () => {
  const fixed = { kind: 'fixed', from: now - hour, to: now };
  expect(read(`from=${now - hour}&to=${now}`)).toEqual(fixed);
  expect(read('from=2026-11-23T11:00:00Z&to=2026-11-23T12:00:00Z')).toEqual(fixed);
  expect(read('from=-2h&to=-1h')).toEqual(fixed);
  expect(read('from=2026-11-23T12:00Z')).toEqual({ kind: 'fixed', from: now, to: now + hour });
});

test('how long ago until now goes on, as a span does', () => {
  for (const query of ['from=-2w', 'from=-2w&to=now', 'range=2w'])
    expect([query, read(query)]).toEqual([query, { kind: 'recent', spanMs: 14 * 24 * hour }]);
  expect(read('from=-5m')).toEqual({ kind: 'live' });
  expect(read('from=-1h&replay=10')).toEqual({ kind: 'fixed', from: now, to: now + hour });
});

test('what is not understood shows the present, as do the last five minutes', () => {
  const bad = [
    '',
    'range=5m',
    'range=0m',
    'range=9999y',
    'range=x',
    `from=${now + 2 * hour}`,
    'from=2026-11-23T11:00&to=2026-11-23T12:00',
    `from=${now}&to=${now - 1}`,
  ];
  for (const query of bad) expect([query, read(query)]).toEqual([query, { kind: 'live' }]);
});

test('what an address asks for and does not get is known', () => {
  const bad = (query: string) => badTimeOf(new URLSearchParams(query), now);
  const good = ['', 'range=6h', 'range=5m', 'panels=cpu', `from=${now - hour}&to=${now + hour}`];
  for (const query of good) expect([query, bad(query)]).toEqual([query, null]);
  for (const query of ['range=', 'range=x', 'range=9999y', 'range=6H'])
    expect([query, bad(query)]).toEqual([query, 'range']);
  const moments = ['from=', 'from=-2x', `to=${now}`, `from=${now}&to=${now - hour}`];
  for (const query of [...moments, 'from=yesterday&to=today', `from=${now + 1}&to=${now + hour}`])
    expect([query, bad(query)]).toEqual([query, 'moments']);
});

test('a choice leaves the rest of the address as it is, and replaces the one before', () => {
  const fixed = { kind: 'fixed', from: now - hour, to: now } as const;
  expect(searchWith('?a=1&range=6h', fixed)).toBe(`?a=1&from=${now - hour}&to=${now}`);
  expect(searchWith('?a=1&range=6h', { kind: 'live' })).toBe('?a=1');
  expect(read(searchWith('', { kind: 'recent', spanMs: 90 * 60_000 }))).toEqual({
    kind: 'recent',
    spanMs: 90 * 60_000,
  });
});

test('moving back leaves the present, moving on comes back to it and goes on', () => {
  const back = panned({ kind: 'recent', spanMs: hour }, -0.5, now);
  expect(back).toEqual({ kind: 'fixed', from: now - 1.5 * hour, to: now - 0.5 * hour });
  expect(panned(back, 0.5, now)).toEqual({ kind: 'recent', spanMs: hour });
  expect(panned({ kind: 'live' }, 0.5, now)).toEqual({ kind: 'live' });
});

test('zooming keeps the middle of the past, and the end of the present', () => {
  const past = { kind: 'fixed', from: now - 5 * hour, to: now - 3 * hour } as const;
  expect(zoomed(past, 0.5, now)).toEqual({ kind: 'fixed', from: now - 4.5 * hour, to: now - 3.5 * hour });
  expect(zoomed({ kind: 'recent', spanMs: hour }, 2, now)).toEqual({ kind: 'recent', spanMs: 2 * hour });
  expect(rangeAt({ kind: 'recent', spanMs: hour }, now)).toEqual({ from: now - hour, to: now });
});

test('a stretch too short to see is widened to ten seconds', () => {
  expect(choiceFor({ from: now - hour, to: now - hour + 5 }, now)).toEqual({
    kind: 'fixed',
    from: now - hour,
    to: now - hour + 10_000,
  });
});
