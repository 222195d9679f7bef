import { expect, test } from 'vitest';
import type { Alert } from '@/lib/protocol/alerting';
import type { FiringAlert } from '@/lib/protocol/initial-state';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { firingAfter, firingMax, firingOf, stillFiring, withRuleAlerts } from './firing';

const event = (change: Partial<SystemAlert>): SystemAlert => ({
  t: 1000,
  host: 'atlas',
  alertId: 'a',
  ruleId: 'cpu-busy',
  name: 'CPU is busy',
  kind: 'rule',
  severity: 'warning',
  state: 'firing',
  metric: 'cpu.totalPercent',
  value: 97,
  threshold: 95,
  since: 500,
  message: '',
  culprits: [],
  ...change,
});
const after = (...events: readonly Partial<SystemAlert>[]) =>
  events.reduce<ReadonlyMap<string, FiringAlert>>((all, one) => firingAfter(all, event(one)), new Map());

test('an alert counts as firing until it is resolved', () => {
  expect([...after({}).keys()]).toEqual(['a']);
  expect(after({}, { state: 'resolved', t: 2000 }).size).toBe(0);
  expect(after({ state: 'pending' }).size).toBe(0);
});

test('an older event does not undo a newer one', () => {
  expect(after({ t: 3000 }, { state: 'resolved', t: 2000 }).size).toBe(1);
});

test('an incident counts as firing for five minutes, the alert of a rule until it is resolved', () => {
  const firing = after({ alertId: 'b', kind: 'oom', state: 'resolved', t: 1000, since: 1000 }, {});
  expect(stillFiring(firing.values(), 2_000).map(({ alertId }) => alertId)).toEqual(['a', 'b']);
  expect(stillFiring(firing.values(), 400_000).map(({ alertId }) => alertId)).toEqual(['a']);
});

test('neither the end of an unknown alert nor a stop of Hostbeat counts as firing', () => {
  expect(after({ kind: 'backup', state: 'resolved', since: 10 }).size).toBe(0);
  expect(after({ kind: 'shutdown', state: 'resolved', severity: 'info', since: 1000 }).size).toBe(0);
});

test('a silenced alert of a rule has the severity info', () => {
  const alert = { alertId: 'a', ruleId: 'cpu-busy', state: 'firing', severity: 'critical', changedAt: 5 };
  const alerts = [
    { ...alert, silencedUntil: null },
    { ...alert, alertId: 'b', silencedUntil: 9 },
    { ...alert, alertId: 'c', state: 'pending', silencedUntil: null },
  ] as unknown as readonly Alert[];
  const ruled = firingOf(alerts);
  expect(ruled.map(({ alertId, severity, t }) => [alertId, severity, t])).toEqual([
    ['a', 'critical', 5],
    ['b', 'info', 5],
  ]);
  const incident = { alertId: 'x', kind: 'custom', t: 1, since: 1 };
  const stale = { alertId: 'gone', kind: 'rule', t: 1, since: 1 };
  const events = [incident, stale] as unknown as readonly FiringAlert[];
  expect(withRuleAlerts(events, ruled).map(({ alertId }) => alertId)).toEqual(['a', 'b', 'x']);
  expect(withRuleAlerts(events, null)).toEqual(events);
});

test('a flood of published alerts is bounded and displaces no alert of a rule', () => {
  const flood = Array.from({ length: firingMax + 50 }, (_, index) => ({
    alertId: `p${index}`,
    kind: 'published',
    ruleId: null,
    origin: 'published' as const,
  }));
  const all = after({ alertId: 'rule' }, ...flood);
  expect(all.size).toBe(firingMax);
  expect(all.has('rule')).toBe(true);
  expect(all.has(`p${firingMax + 49}`)).toBe(true);
  expect(all.has('p0')).toBe(false);
});
