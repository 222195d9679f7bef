import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SystemAlert } from '@/lib/protocol/payloads';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { type FakeClock, fakeClock } from '@/lib/testing/fake-clock';
import { openReceiver, type Receiver } from '@/lib/testing/receiver';
import { readChannel } from './channel-registry';
import { webhook } from './channels/webhook';
import type { Mute } from './notifiable';
import { openNotificationTables } from './notification-tables';
import { type Notifications, type NotificationsOptions, openNotifications } from './notifications';
import { testAlert } from './test-alert';

let dataDir: string;
let log: EventLog;
let receiver: Receiver;
let clock: FakeClock;
let notify: Notifications;
let mutes: Map<string, Mute>;

const open = (options: Partial<NotificationsOptions> = {}) =>
  openNotifications({
    log,
    dataDir,
    clock,
    random: () => 0.5,
    muteOf: ({ alertId }) => mutes.get(alertId) ?? null,
    timeoutMs: 60_000,
    graceMs: 0,
    ...options,
  });

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  log = await openSqliteLog({ dataDir });
  receiver = await openReceiver();
  clock = fakeClock();
  mutes = new Map();
  notify = await open();
});
afterEach(async () => {
  await notify.close();
  await receiver.close();
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
  await notify.close();
  notify = await open();
}

function add(settings: Record<string, unknown> = {}): string {
  const read = readChannel({ kind: 'webhook', name: 'Mine', url: receiver.url, ...settings });
  if (!read.ok) throw new Error(JSON.stringify(read.problem.errors));
  return String(notify.add(read.value)?.id);
}

async function alert(alertId: string, fields: Partial<SystemAlert> = {}): Promise<void> {
  const { id: _, ...blank } = testAlert('atlas', clock.wallMs());
  const payload = { ...blank, alertId, name: alertId, kind: 'rule', severity: 'warning', ...fields };
  await log.append(
    [{ type: 'system-alert', host: 'atlas', t: clock.wallMs(), json: JSON.stringify(payload) }],
    'durable',
  );
}

/** Which alerts came, in which state, in their order. */
const came = () =>
  receiver.received.map(({ json }) => `${json().alertId} ${json().state}`.replace(' firing', ''));
const until = (expected: readonly string[]) => vi.waitFor(() => expect(came()).toEqual(expected));
const status = () => notify.channels()[0]?.status;

test('alerts are sent in order, each once, except those below the severity', async () => {
  add({ minSeverity: 'warning' });
  await alert('early', { severity: 'info' });
  for (const id of ['a', 'b', 'c']) await alert(id, id === 'b' ? { severity: 'critical' } : {});
  await alert('a', { state: 'resolved' });
  await alert('shutdown', { kind: 'shutdown' });
  await alert('d', { state: 'pending' });
  await until(['a', 'b', 'c', 'a resolved']);
  // The receiver has the last one before the worker has its answer.
  await vi.waitFor(() =>
    expect(status()).toMatchObject({ waiting: 0, dead: 0, lastDeliveredAt: clock.wallMs(), gaveUp: null }),
  );
});

test('a new channel is notified only of later alerts', async () => {
  await alert('before');
  add();
  await alert('after');
  await alert('before', { state: 'resolved' });
  await alert('last');
  await until(['after', 'last']);
});

test('a restart neither loses nor repeats an alert', async () => {
  add();
  await alert('a');
  await until(['a']);
  await notify.close();
  await alert('while away');
  notify = await open();
  await alert('b');
  await until(['a', 'while away', 'b']);
  await reopen();
  await alert('c');
  await until(['a', 'while away', 'b', 'c']);
});

test('a failed delivery is retried in order under the same id, also after a restart', async () => {
  add();
  receiver.answer({ status: 500 });
  await alert('a');
  await alert('b');
  await vi.waitFor(() => expect(status()).toMatchObject({ attempts: 1, lastError: 'answered 500' }));
  expect(clock.nextInMs).toBe(2_500);
  clock.advance(2_499);
  await reopen();
  expect(receiver.received).toHaveLength(1);
  receiver.answer({ status: 200 });
  clock.advance(1);
  await until(['a', 'a', 'b']);
  const ids = receiver.received.map(({ headers }) => headers['x-hostbeat-delivery']);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

test('Retry-After is respected', async () => {
  add();
  receiver.answer({ status: 429, headers: { 'Retry-After': '600' } });
  await alert('a');
  await vi.waitFor(() => expect(clock.nextInMs).toBe(600_000));
  receiver.answer({ status: 200 });
  clock.advance(599_000);
  await alert('b');
  expect(receiver.received).toHaveLength(1);
  clock.advance(1_000);
  await until(['a', 'a', 'b']);
});

test('a channel that hangs delays no other', async () => {
  const other = await openReceiver();
  other.answer('hang');
  add({ url: other.url });
  add();
  await alert('a');
  await alert('b');
  await until(['a', 'b']);
  expect(other.received).toHaveLength(1);
  await other.close();
});

test('after a day a delivery becomes a dead letter, and later alerts are sent', async () => {
  add();
  receiver.answer(({ json }) => ({ status: json().alertId === 'a' ? 500 : 200 }));
  await alert('a');
  await alert('b');
  for (let count = 0; notify.dead().length === 0; count += 1) {
    await vi.waitFor(() => expect(notify.dead().length + (clock.nextInMs === null ? 0 : 1)).toBe(1));
    clock.advance(clock.nextInMs ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(count).toBeLessThan(2_000);
  }
  expect(notify.dead()).toMatchObject([
    { alerts: [{ alertId: 'a' }], reason: 'answered 500', channelName: 'Mine' },
  ]);
  await vi.waitFor(() => expect(came().at(-1)).toBe('b'));
  await reopen();
  expect(notify.dead()).toHaveLength(1);
});

test('a final failure becomes a dead letter at once, which can be retried or discarded', async () => {
  add();
  receiver.answer({ status: 404 });
  await alert('a');
  await alert('b');
  await vi.waitFor(() => expect(notify.dead()).toHaveLength(2));
  expect(status()).toMatchObject({ dead: 2, gaveUp: { reason: 'answered 404' } });
  const [second, first] = notify.dead();
  clock.advance(1_000);
  expect(await notify.retry(first?.id ?? '')).toMatchObject({ delivered: false });
  expect(notify.dead().find(({ id }) => id === first?.id)).toMatchObject({ attempts: 2 });
  receiver.answer({ status: 200 });
  expect(await notify.retry(first?.id ?? '')).toMatchObject({ delivered: true, detail: expect.any(String) });
  expect(receiver.received.at(-1)?.headers['x-hostbeat-delivery']).toBe(first?.id);
  expect(status()).toMatchObject({ dead: 1, lastDeliveredAt: clock.wallMs(), gaveUp: null });
  expect(notify.discard(second?.id ?? '')).toBe('discarded');
  expect(notify.discard(second?.id ?? '')).toBe('unknown');
  expect(await notify.retry('nothing')).toBeNull();
  await reopen();
  expect(notify.dead()).toEqual([]);
});

test('grouped alerts are sent together, twenty at most', async () => {
  add({ kind: 'slack', groupSeconds: 5 });
  for (let count = 0; count < 3; count += 1) await alert(`a${count}`);
  await vi.waitFor(() => expect(status()?.waiting).toBe(3));
  clock.advance(4_999);
  expect(receiver.received).toEqual([]);
  clock.advance(1);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
  expect(receiver.received[0]?.json().text).toContain('3 alerts on atlas: 3 firing');
  for (let count = 0; count < 23; count += 1) await alert(`b${count}`);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2));
  expect(receiver.received[1]?.json().text).toContain('20 alerts');
  await vi.waitFor(() => expect(status()?.waiting).toBe(3));
});

test('a silenced alert is sent when its silence ends, if it still fires', async () => {
  add();
  mutes.set('a', 'silenced').set('b', 'silenced').set('c', 'acknowledged');
  for (const id of ['a', 'b', 'c', 'd']) await alert(id);
  await until(['d']);
  await alert('a', { state: 'resolved' });
  await reopen();
  mutes.clear();
  mutes.set('c', 'acknowledged');
  clock.advance(60_000);
  await alert('e');
  await until(['d', 'e', 'b']);
  await alert('b', { state: 'resolved' });
  await alert('c', { state: 'resolved' });
  await alert('f');
  await until(['d', 'e', 'b', 'b resolved', 'f']);
});

test('changed settings are tried at once', async () => {
  const id = add({ url: `http://127.0.0.1:1/` });
  await alert('a');
  await vi.waitFor(() => expect(status()?.attempts).toBe(1));
  const read = readChannel({ kind: 'webhook', name: 'Mine', url: receiver.url });
  if (read.ok) notify.replace(id, read.value);
  await until(['a']);
});

test('a removed channel gets nothing more, and its secrets are erased from disk', async () => {
  const id = add({ secret: 'S3CRET-of-the-channel' });
  const written = () =>
    readdirSync(dataDir)
      .filter((name) => name.startsWith('notify.db'))
      .some((name) => readFileSync(join(dataDir, name)).includes('S3CRET-of-the-channel'));
  expect(written()).toBe(true);
  expect(notify.remove(id)).toBe(true);
  expect(notify.remove(id)).toBe(false);
  await alert('a');
  await notify.close();
  expect(written()).toBe(false);
  notify = await open();
  expect(notify.channels()).toEqual([]);
  expect(receiver.received).toEqual([]);
});

test('a test reports its outcome, runs once at a time and is not stored', async () => {
  const id = add();
  const [one, other] = await Promise.all([notify.test(id, 'atlas'), notify.test(id, 'atlas')]);
  expect(one).toMatchObject({ delivered: true, detail: 'It was delivered: answered 200.' });
  expect(other).toEqual(one);
  expect(receiver.received).toHaveLength(1);
  expect(receiver.received[0]?.json()).toMatchObject({ kind: 'test', host: 'atlas', severity: 'info' });
  receiver.answer({ status: 401 });
  expect(await notify.test(id, 'atlas')).toMatchObject({
    delivered: false,
    detail: 'It was not delivered: answered 401. An alert would be given up on at once.',
  });
  expect(notify.dead()).toEqual([]);
  expect(await notify.test('nothing', 'atlas')).toBeNull();
});

test('a stop aborts a hanging attempt, which is repeated after the next start', async () => {
  add();
  receiver.answer('hang');
  await alert('a');
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
  await notify.close();
  receiver.answer({ status: 200 });
  notify = await open();
  await until(['a', 'a']);
  const [one, other] = receiver.received.map(({ headers }) => headers['x-hostbeat-delivery']);
  expect(one).toBe(other);
});

test('a delivery is on disk before it is sent, and after a crash no alert joins it', async () => {
  add({ kind: 'slack', groupSeconds: 5 });
  receiver.answer('hang');
  await alert('a');
  await vi.waitFor(() => expect(status()?.waiting).toBe(1));
  clock.advance(5_000);
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
  await alert('b');
  const copy = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  for (const name of ['notify.db', 'notify.db-wal']) copyFileSync(join(dataDir, name), join(copy, name));
  const store = openNotificationTables(join(copy, 'notify.db'));
  expect(store.load().channels[0]?.state.open).toMatchObject({
    id: expect.stringContaining(log.id),
    attempts: 1,
    alerts: [{ alertId: 'a' }],
  });
  store.close();
  rmSync(copy, { recursive: true });
});

test('a corrupt database is set aside and reported, and channels can be added again', async () => {
  add();
  await notify.close();
  writeFileSync(join(dataDir, 'notify.db'), 'this is no database, and never was one'.repeat(200));
  const setAside: string[] = [];
  notify = await open({ onSetAside: (path) => setAside.push(path) });
  expect(setAside).toHaveLength(1);
  expect(notify.problem).toBeNull();
  expect(notify.defects).toEqual([expect.stringContaining(`the channels are lost`)]);
  expect(notify.defects[0]).toContain(setAside[0]);
  expect(notify.channels()).toEqual([]);
  add();
  expect(notify.defects).toEqual([]);
  await alert('a');
  await until(['a']);
});

test('of two processes one delivers, and the other reports why it does not', async () => {
  add();
  const second = await open();
  expect(second.problem).toContain('another Hostbeat is using it');
  expect(second.channels()).toEqual([]);
  await alert('a');
  await until(['a']);
  await second.close();
});

test('a position in another log starts at the oldest event of this one', async () => {
  add();
  await alert('a');
  await until(['a']);
  await notify.close();
  await log.close();
  for (const name of readdirSync(dataDir)) if (name.startsWith('log.db')) rmSync(join(dataDir, name));
  log = await openSqliteLog({ dataDir });
  await alert('b');
  notify = await open();
  await until(['a', 'b']);
});

test('a library that never answers delays no other channel and is reported', async () => {
  const hanging = vi.spyOn(webhook, 'send').mockImplementation(() => new Promise(() => {}));
  await notify.close();
  notify = await open({ timeoutMs: 1_000 });
  add();
  await alert('a');
  await vi.waitFor(() => expect(status()?.lastError).toBe('no answer in time'), 8_000);
  await vi.waitFor(() => expect(clock.nextInMs).not.toBeNull());
  expect(notify.hungChannels).toEqual(['Mine']);
  hanging.mockRestore();
  clock.advance(3_600_000);
  await until(['a']);
  // The receiver has it before the attempt has ended.
  await vi.waitFor(() => expect(notify.hungChannels).toEqual([]));
});
