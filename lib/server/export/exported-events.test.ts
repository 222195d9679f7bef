import { expect, test } from 'vitest';
import { exportedEvent } from './exported-events';

const culprit = {
  pid: 7,
  name: 'backup',
  user: 'root',
  cpuPercent: 90,
  memoryBytes: 5,
  readBytesPerSecond: null,
  writeBytesPerSecond: null,
  command: 'backup --password=secret',
};
const alert = {
  t: 5,
  host: 'atlas',
  kind: 'rule',
  alertId: 'a',
  state: 'firing',
  severity: 'critical',
  name: 'CPU is busy',
  ruleId: 'cpu-busy',
  metric: 'cpu.totalPercent',
  value: 99,
  threshold: 90,
  since: 4,
  message: 'x'.repeat(2_000),
  condition: null,
  culprits: [culprit, culprit, culprit, culprit],
};

test('an exported alert has no command lines, and its text is cut', () => {
  const event = exportedEvent({ type: 'system-alert', t: 5, data: alert });
  expect(JSON.stringify(event)).not.toContain('secret');
  expect(event).toMatchObject({ type: 'alert', alert: { severity: 'critical', state: 'firing' } });
  if (event?.type !== 'alert') throw new Error('no alert');
  expect(event.alert.culprits).toEqual(
    Array.from({ length: 3 }, () => ({ name: 'backup', cpuPercent: 90, memoryBytes: 5 })),
  );
  expect(event.alert.message).toHaveLength(400);
  expect(exportedEvent({ type: 'system-alert', t: 5, data: { ...alert, state: 'pending' } })).toBeNull();
});

test('logins, notes, messages and custom events are exported', () => {
  const of = (type: string, data: object) =>
    exportedEvent({ type, t: 5, data: { t: 5, host: 'atlas', ...data } });
  expect(of('user-login', { user: 'ada', from: null })).toEqual({
    t: 5,
    type: 'login',
    user: 'ada',
    from: null,
  });
  expect(of('message', { title: null, text: 'deployed', source: 'note' })).toEqual({
    t: 5,
    type: 'note',
    title: '',
    text: 'deployed',
  });
  expect(of('message', { title: null, text: 'done', source: 'cron' })).toMatchObject({
    type: 'message',
    title: 'cron',
  });
  expect(of('door', { open: true })).toEqual({ t: 5, type: 'other', title: 'door', text: '{"open":true}' });
});
