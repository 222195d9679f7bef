import { expect, test } from 'vitest';
import { fakeClock } from '@/lib/testing/fake-clock';
import { AlertList } from './alert-list';
import type { StoredAlert } from './alert-tables';

function alert(number: number, state: StoredAlert['state']): StoredAlert {
  return {
    alertId: `a${number}`,
    ruleId: 'busy',
    host: 'atlas',
    name: 'Busy',
    metric: 'cpu.totalPercent',
    severity: 'warning',
    state,
    value: 95,
    threshold: 90,
    since: number,
    changedAt: number,
    message: '',
    acknowledgedAt: null,
    culprits: [],
  };
}

const newList = () => new AlertList({ clock: fakeClock(), liveValues: () => new Map() });
const all = { limit: Number.POSITIVE_INFINITY, offset: 0 };

test('the latest resolved alerts are kept, and all that fire', () => {
  const list = newList();
  for (let number = 0; number < 700; number += 1)
    list.put(alert(number, number < 600 ? 'resolved' : 'firing'));
  const dropped = list.trim();
  expect(dropped).toHaveLength(100);
  expect(dropped[0]).toBe('a0');
  expect(list.count(['resolved'])).toBe(500);
  expect(list.count(['firing'])).toBe(100);
  expect(list.list(['resolved', 'firing'], all)[0]?.alertId).toBe('a699');
  expect(list.trim()).toEqual([]);
});

test('an alert that is resolved last is dropped last', () => {
  const list = newList();
  list.put(alert(0, 'firing'));
  for (let number = 1; number < 501; number += 1) list.put(alert(number, 'resolved'));
  list.put({ ...alert(0, 'resolved'), changedAt: 900 });
  expect(list.trim()).toEqual(['a1']);
});

test('alerts of published metrics drop none of the host’s own', () => {
  const list = newList();
  const origin = { comparison: 'above', forSeconds: 0, reason: 'value', flapping: false } as const;
  list.put(alert(0, 'resolved'));
  for (let number = 1; number <= 501; number += 1)
    list.put({ ...alert(number, 'resolved'), condition: { ...origin, origin: 'published' } });
  expect(list.trim()).toEqual(['a1']);
  expect(list.get('a0')).toBeDefined();
});
