import { expect, test } from 'vitest';
import type { Boot } from '@/lib/protocol/history';
import { gapsBetween, type Run } from './gaps-between-runs';

const hour = 3_600_000;
const from = 1_795_392_000_000;
const to = from + 10 * hour;
const boot: Boot = { id: '0a', at: from - 50 * hour };
const later: Boot = { id: '0b', at: to - 60_000 };
const run = (stoppedAt: number | null, of = boot): Run => ({ boot: of, stoppedAt });
const causes = (previous: Run | null, present: Boot) =>
  gapsBetween(previous, present, { from, to }, 'unknown').map((gap) => gap.cause);

test('on the same boot, a gap is a stop or else a crash', () => {
  expect(causes(run(from + 5), boot)).toEqual(['server-stopped']);
  expect(causes(run(null), boot)).toEqual(['server-crashed']);
});

test('on another boot the machine was off, however Hostbeat ended', () => {
  expect(causes(run(from + 5), later)).toEqual(['host-off']);
  expect(causes(run(null), later)).toEqual(['host-off']);
});

test('a machine that booted long before Hostbeat started was off only until then', () => {
  const up: Boot = { id: '0b', at: from + 4 * hour };
  expect(gapsBetween(run(from), up, { from, to }, 'unknown')).toEqual([
    { from, to: up.at, cause: 'host-off' },
    { from: up.at, to, cause: 'server-stopped' },
  ]);
});

test('a boot without an id is recognised by its time, not to the second', () => {
  const nameless = (at: number): Boot => ({ id: null, at });
  expect(causes(run(null, nameless(boot.at)), nameless(boot.at + 30_000))).toEqual(['server-crashed']);
  expect(causes(run(null, nameless(boot.at)), nameless(later.at))).toEqual(['host-off']);
});

test('without a known run the cause is that of the log', () => {
  expect(gapsBetween(null, boot, { from, to }, 'server-stopped')).toEqual([
    { from, to, cause: 'server-stopped' },
  ]);
});
