import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeadLetter } from '@/lib/protocol/notifications';
import { deadLettersMax } from './delivery-state';
import { openNotificationTables, type StoredChannel } from './notification-tables';
import { newVapidKey } from './vapid';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'notify.db');

const state = { logId: 'log', seq: 7, open: null, notified: ['a'], muted: [], lastDeliveredAt: 3 };
const kept: StoredChannel = {
  channel: { id: 'one', kind: 'slack', name: 'Team', minSeverity: 'warning', url: 'https://x.test/secret' },
  state,
};
const letter = (number: number): DeadLetter => ({
  id: `letter-${number}`,
  channelId: 'one',
  channelName: 'Team',
  alerts: [],
  attempts: 1,
  firstAttemptAt: number,
  diedAt: number,
  reason: 'answered 404',
});

test('channels and dead letters survive closing, and a letter is written with its state', () => {
  const store = openNotificationTables(path());
  store.put(kept);
  const { pem } = newVapidKey();
  store.putVapid(pem);
  const later = { ...kept, state: { ...state, seq: 9 } };
  store.bury(later, letter(1));
  store.close();
  const again = openNotificationTables(path());
  expect(again.load()).toEqual({ channels: [later], dead: [letter(1)], vapidPem: pem, unreadable: 0 });
  again.discard('letter-1');
  expect(again.load().dead).toEqual([]);
  again.bury(later, letter(2));
  again.remove('one');
  expect(again.load()).toMatchObject({ channels: [], dead: [] });
  again.close();
});

test('the oldest dead letters are dropped beyond the bound', () => {
  const store = openNotificationTables(path());
  const letters = Array.from({ length: deadLettersMax + 2 }, (_, index) => letter(index));
  store.replaceAll({ channels: [kept], dead: letters, vapidPem: null });
  expect(store.load().dead).toEqual(letters.slice(2));
  store.close();
});

test.skipIf(process.platform === 'win32')('other users cannot read the secrets', () => {
  const store = openNotificationTables(path());
  store.put(kept);
  for (const end of ['', '-wal']) expect(statSync(path() + end).mode & 0o077).toBe(0);
  store.close();
});
