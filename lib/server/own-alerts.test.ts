import { expect, test } from 'vitest';
import { systemAlertSchema } from '@/lib/protocol/payloads';
import { storageAlerts } from './own-alerts';

test('a database that was set aside is an alert that fires and resolves and names the file without its folder', () => {
  const events = storageAlerts(
    'atlas',
    1_795_392_000_000,
    '/home/ada/data/alerts.db.corrupt-x',
    'it is corrupt',
  );
  const alerts = events.map(({ json }) => systemAlertSchema.parse(JSON.parse(json)));
  expect(alerts.map(({ state }) => state)).toEqual(['firing', 'resolved']);
  expect(alerts[0]?.alertId).toBe(alerts[1]?.alertId);
  for (const { message, kind } of alerts) {
    expect([kind, message]).toEqual([
      'storage',
      expect.stringContaining('alerts.db.corrupt-x: it is corrupt'),
    ]);
    expect(message).not.toContain('/home');
  }
});
