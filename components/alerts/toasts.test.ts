import { expect, test } from 'vitest';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { emptyShelf, lifeMs, withNews, without } from './toasts';

function news(alertId: string, state: SystemAlert['state'], rest: Partial<SystemAlert> = {}): SystemAlert {
  return {
    t: 1,
    host: 'atlas',
    alertId,
    ruleId: 'full',
    name: 'Full',
    kind: 'rule',
    severity: 'warning',
    state,
    metric: 'filesystem./.usedPercent',
    value: 95,
    threshold: 90,
    since: 1,
    message: '',
    condition: null,
    culprits: [],
    ...rest,
  };
}
const critical = { ruleId: 'memory', severity: 'critical' } as const;

test('all alerts of a rule are one toast', () => {
  const shelf = withNews(emptyShelf, [news('a', 'firing'), news('b', 'firing'), news('c', 'firing')]);
  expect(shelf.toasts).toHaveLength(1);
  expect(shelf.toasts[0]?.firing).toEqual(['a', 'b', 'c']);
  const ending = withNews(shelf, [news('a', 'resolved')]);
  expect(ending.toasts[0]).toMatchObject({ firing: ['b', 'c'], alert: { state: 'firing' } });
  const ended = withNews(ending, [news('b', 'resolved'), news('c', 'resolved')]);
  expect(ended.toasts).toHaveLength(1);
  expect(ended.toasts[0]).toMatchObject({ firing: [], alert: { alertId: 'c', state: 'resolved' } });
});

test('pending alerts and a stop of Hostbeat are no toasts', () => {
  expect(withNews(emptyShelf, [news('a', 'pending'), news('b', 'resolved', { kind: 'shutdown' })])).toBe(
    emptyShelf,
  );
});

test('the worst comes first, then the newest', () => {
  const shelf = withNews(emptyShelf, [
    news('a', 'firing'),
    news('m', 'firing', critical),
    news('i', 'firing', { ruleId: 'login', severity: 'info' }),
    news('w', 'firing', { ruleId: 'other' }),
    news('r', 'resolved', { ruleId: 'gone', severity: 'critical' }),
  ]);
  expect(shelf.toasts.map(({ key }) => key)).toEqual(['memory', 'other', 'full', 'login', 'gone']);
});

test('changes are announced to screen readers, critical ones at once', () => {
  const first = withNews(emptyShelf, [news('m', 'firing', critical), news('a', 'firing')]);
  expect(first.urgent.map(({ key }) => key)).toEqual(['memory']);
  expect(first.calm.map(({ key }) => key)).toEqual(['full']);
  const second = withNews(first, [news('m', 'resolved', critical)]);
  expect(second.urgent).toEqual([]);
  expect(second.calm.map(({ key }) => key)).toEqual(['memory']);
});

test('critical toasts stay until they are dismissed, others end by themselves', () => {
  const { toasts } = withNews(emptyShelf, [
    news('m', 'firing', critical),
    news('a', 'firing'),
    news('r', 'resolved', { ruleId: 'gone' }),
  ]);
  expect(toasts.map(lifeMs)).toEqual([null, 12_000, 7_000]);
});

test('a dismissed toast comes back with the next alert of its rule', () => {
  const shelf = without(withNews(emptyShelf, [news('a', 'firing')]), 'full');
  expect(shelf.toasts).toEqual([]);
  expect(withNews(shelf, [news('b', 'firing')]).toasts).toHaveLength(1);
});

test('the number of toasts is bounded', () => {
  const flood = Array.from({ length: 500 }, (_, index) =>
    news(`a${index}`, 'firing', { ruleId: `r${index}` }),
  );
  expect(withNews(emptyShelf, flood).toasts).toHaveLength(50);
});
