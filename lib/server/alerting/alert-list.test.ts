import { expect, test } from 'vitest';
import { createAlertList } from './alert-list';
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

test('of those that ended it keeps the latest, of those that are on all', () => {
  const list = createAlertList();
  for (let number = 0; number < 700; number += 1)
    list.put(alert(number, number < 600 ? 'resolved' : 'firing'));
  const gone = list.trim();
  expect(gone).toHaveLength(100);
  expect(gone[0]).toBe('a0');
  expect(list.inStates(['resolved'])).toHaveLength(500);
  expect(list.inStates(['firing'])).toHaveLength(100);
  expect(list.inStates(['resolved', 'firing'])[0]?.alertId).toBe('a699');
  expect(list.trim()).toEqual([]);
});

test('one that ends anew is the latest', () => {
  const list = createAlertList();
  list.put(alert(0, 'firing'));
  for (let number = 1; number < 501; number += 1) list.put(alert(number, 'resolved'));
  list.put({ ...alert(0, 'resolved'), changedAt: 900 });
  expect(list.trim()).toEqual(['a1']);
});

test('alerts of published metrics push none of the host’s own out', () => {
  const list = createAlertList();
  const origin = { comparison: 'above', forSeconds: 0, reason: 'value', flapping: false } as const;
  list.put(alert(0, 'resolved'));
  for (let number = 1; number <= 501; number += 1)
    list.put({ ...alert(number, 'resolved'), condition: { ...origin, origin: 'published' } });
  expect(list.trim()).toEqual(['a1']);
  expect(list.get('a0')).toBeDefined();
});
