import { expect, test } from 'vitest';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { lifeMs, noToasts, toastsAfter, withoutToast } from './toasts';

function event(alertId: string, state: SystemAlert['state'], rest: Partial<SystemAlert> = {}): SystemAlert {
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
  const list = toastsAfter(noToasts, [event('a', 'firing'), event('b', 'firing'), event('c', 'firing')]);
  expect(list.toasts).toHaveLength(1);
  expect(list.toasts[0]?.firing).toEqual(['a', 'b', 'c']);
  const ending = toastsAfter(list, [event('a', 'resolved')]);
  expect(ending.toasts[0]).toMatchObject({ firing: ['b', 'c'], alert: { state: 'firing' } });
  const ended = toastsAfter(ending, [event('b', 'resolved'), event('c', 'resolved')]);
  expect(ended.toasts).toHaveLength(1);
  expect(ended.toasts[0]).toMatchObject({ firing: [], alert: { alertId: 'c', state: 'resolved' } });
});

test('pending alerts and a stop of Hostbeat are no toasts', () => {
  expect(toastsAfter(noToasts, [event('a', 'pending'), event('b', 'resolved', { kind: 'shutdown' })])).toBe(
    noToasts,
  );
});

test('the worst comes first, then the newest', () => {
  const list = toastsAfter(noToasts, [
    event('a', 'firing'),
    event('m', 'firing', critical),
    event('i', 'firing', { ruleId: 'login', severity: 'info' }),
    event('w', 'firing', { ruleId: 'other' }),
    event('r', 'resolved', { ruleId: 'gone', severity: 'critical' }),
  ]);
  expect(list.toasts.map(({ key }) => key)).toEqual(['memory', 'other', 'full', 'login', 'gone']);
});

test('changes are announced to screen readers, critical ones at once', () => {
  const first = toastsAfter(noToasts, [event('m', 'firing', critical), event('a', 'firing')]);
  expect(first.urgent.map(({ key }) => key)).toEqual(['memory']);
  expect(first.calm.map(({ key }) => key)).toEqual(['full']);
  const second = toastsAfter(first, [event('m', 'resolved', critical)]);
  expect(second.urgent).toEqual([]);
  expect(second.calm.map(({ key }) => key)).toEqual(['memory']);
});

test('critical toasts stay until they are dismissed, others end by themselves', () => {
  const { toasts } = toastsAfter(noToasts, [
    event('m', 'firing', critical),
    event('a', 'firing'),
    event('r', 'resolved', { ruleId: 'gone' }),
  ]);
  expect(toasts.map(lifeMs)).toEqual([null, 12_000, 7_000]);
});

test('a dismissed toast comes back with the next alert of its rule', () => {
  const list = withoutToast(toastsAfter(noToasts, [event('a', 'firing')]), 'full');
  expect(list.toasts).toEqual([]);
  expect(toastsAfter(list, [event('b', 'firing')]).toasts).toHaveLength(1);
});

test('the number of toasts is bounded', () => {
  const flood = Array.from({ length: 500 }, (_, index) =>
    event(`a${index}`, 'firing', { ruleId: `r${index}` }),
  );
  expect(toastsAfter(noToasts, flood).toasts).toHaveLength(50);
});
