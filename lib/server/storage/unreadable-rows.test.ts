import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAlerts } from '@/lib/server/alerting/alerts';
import { defaultRules } from '@/lib/server/alerting/default-rules';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { openSensorRegistry } from '@/lib/server/ingest/sensor-registry';
import { readChannel } from '@/lib/server/notifications/channel-registry';
import { openNotifications } from '@/lib/server/notifications/notifications';
import { History } from '@/lib/server/timeseries/history';
import { clockWith } from '@/lib/testing/fake-clock';
import { everything, newFeed, takeAll } from '@/lib/testing/feed';

let dataDir: string;
const open: { close(): unknown }[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-unreadable-'));
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function openLog(): Promise<EventLog> {
  const log = await openSqliteLog({ dataDir, waitForOwnerMs: 0 });
  open.push(log);
  return log;
}

async function shut(one: { close(): unknown }): Promise<void> {
  open.splice(open.indexOf(one), 1);
  await one.close();
}

/** Damages a closed database. */
function spoil(file: string, sql: string, ...values: readonly unknown[]): void {
  const db = new Database(join(dataDir, file));
  expect(db.prepare(sql).run(values).changes).toBeGreaterThan(0);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

const event = (type: string, t: number): NewEvent => ({
  type,
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas', load1: t, cores: [] }),
});

const bodies: readonly (readonly [string, (body: Buffer) => Buffer])[] = [
  ['noise', (body) => Buffer.alloc(body.length, 0xa5)],
  ['nothing', () => Buffer.alloc(0)],
  ['its first bytes alone', (body) => body.subarray(0, 9)],
  [
    'one bit of it turned',
    (body) => Buffer.from(body.map((byte, at) => (at === body.length >> 1 ? byte ^ 4 : byte))),
  ],
  ['other text', () => brotliCompressSync('not JSON at all\n{}\n')],
  ['events of other positions', () => brotliCompressSync('[1,1,"cpu","atlas"]\n{}\n')],
  ['no event', () => brotliCompressSync('')],
];

test.each(bodies)(
  'a batch of samples that holds %s is a gap, and the others can be read',
  async (_, spoiled) => {
    const log = await openLog();
    for (let t = 1; t <= 3; t += 1)
      await log.append([event('cpu', t), event('cpu', t), event('message', t)], 'durable');
    await shut(log);
    const db = new Database(join(dataDir, 'log.db'));
    const { body } = db.prepare('SELECT body FROM batches WHERE last_seq = 5').get() as { body: ArrayBuffer };
    db.close();
    const checksum = spoiled === bodies[0]?.[1] ? '' : ', checksum = NULL';
    const isOldRow = !_.includes('bit');
    spoil(
      'log.db',
      `UPDATE batches SET body = ?${isOldRow ? checksum : ''} WHERE last_seq = 5`,
      spoiled(Buffer.from(body)),
    );
    const again = await openLog();
    expect(again.problem).toBeNull();
    const feed = newFeed(again);
    const events = takeAll(feed.connect({ ...everything, lastEventId: `${again.id}-0` }));
    expect(events.flatMap(({ id, event: type }) => (type === 'hello' ? [] : [id ?? type]))).toEqual([
      ...[1, 2, 3].map((seq) => `${again.id}-${seq}`),
      'gap',
      ...[6, 7, 8, 9].map((seq) => `${again.id}-${seq}`),
    ]);
    const gap = events.find(({ event: type }) => type === 'gap');
    expect(JSON.parse(gap?.data ?? '')).toEqual({
      fromId: `${again.id}-3`,
      toId: `${again.id}-5`,
      missed: null,
      reason: 'lost',
    });
    expect(again.defects).toEqual([`${join(dataDir, 'log.db')}: 1 stored row of events cannot be read`]);
    expect(readdirSync(dataDir).filter((name) => name.includes('corrupt'))).toEqual([]);
  },
);

test('a durable event that is no JSON any more is left out, however many are asked for', async () => {
  const log = await openLog();
  for (let t = 1; t <= 4; t += 1) await log.append([event('message', t)], 'durable');
  await shut(log);
  spoil('log.db', 'UPDATE lasting SET json = ? WHERE seq = 2', '{"t":2,"ho');
  const again = await openLog();
  const seqs = async (limit: number) => (await again.readDurable(0, 9, limit)).map(({ seq }) => seq);
  expect([await seqs(2), await seqs(9)]).toEqual([
    [1, 3],
    [1, 3, 4],
  ]);
  const byTime = { after: { t: 0, seq: 0 }, toT: 99, fromSeq: 1, toSeq: 9, limit: 2 };
  expect((await again.readDurableByTime(byTime)).map(({ seq }) => seq)).toEqual([1, 3]);
  expect(again.defects).toHaveLength(1);
});

test.each(bodies)(
  'a block of history that holds %s is a gap, and the others can be read',
  async (_, spoiled) => {
    const start = 1_795_392_000_000;
    const minute = 60_000;
    const log = await openLog();
    let wall = start;
    const first = new History({ log, dataDir, clock: clockWith({ wallMs: () => wall }) });
    open.push(first);
    for (let at = 0; at < 30; at += 1) await log.append([{ ...event('cpu', start + at * minute) }]);
    wall = start + 30 * minute;
    await first.settle();
    await shut(first);
    const db = new Database(join(dataDir, 'history.db'));
    const place = [0, start + 10 * minute];
    const { body } = db.prepare('SELECT body FROM blocks WHERE level = ? AND start = ?').get(...place) as {
      body: ArrayBuffer;
    };
    db.close();
    spoil(
      'history.db',
      'UPDATE blocks SET body = ? WHERE level = ? AND start = ?',
      spoiled(Buffer.from(body)),
      ...place,
    );
    const history = new History({ log, dataDir, clock: clockWith({ wallMs: () => wall }) });
    open.push(history);
    const range = { from: start, to: wall, points: 1800 };
    const [series] = history.query({ host: 'atlas', metrics: ['cpu.load1'], ...range });
    const measured = (series?.points ?? []).flatMap(([t, value]) =>
      value === null ? [] : [(t - start) / minute],
    );
    expect(measured).toEqual([...Array(10).keys(), ...Array.from({ length: 10 }, (_, at) => 20 + at)]);
    expect(history.problem).toBeNull();
    expect(history.defects).toEqual([`${join(dataDir, 'history.db')}: 1 stored block cannot be read`]);
    expect(history.gaps('atlas', start, wall)).toContainEqual({
      from: start + 10 * minute,
      to: start + 20 * minute,
      cause: 'unreadable',
    });
  },
);

const silence = (id: string) => ({ id, matcher: {}, comment: '', from: 0, to: 1 });

test.each(['', '{"id"', 'null', '[]', '"text"', '{}'])(
  'rules, silences and progress that hold %j are left out and kept in a copy',
  async (json) => {
    const log = await openLog();
    const openIt = () => openAlerts({ log, dataDir, publish: async () => [], processes: () => [] });
    const first = await openIt();
    first.putSilence(silence('one'));
    first.putSilence(silence('two'));
    await first.stop();
    spoil('alerts.db', "UPDATE silences SET json = ? WHERE id = 'one'", json);
    spoil('alerts.db', 'UPDATE rules SET json = ? WHERE id = ?', json, defaultRules[0]?.id);
    spoil('alerts.db', 'UPDATE progress SET body = ?', Buffer.from(json));
    const alerts = await openIt();
    open.push({ close: () => alerts.stop() });
    expect(alerts.problem).toBeNull();
    expect(alerts.silences.map(({ id }) => id)).toEqual(['two']);
    expect(alerts.rules.map(({ id }) => id)).toEqual(defaultRules.slice(1).map(({ id }) => id));
    const copy = readdirSync(dataDir).find((name) => name.startsWith('alerts.db.unreadable-')) ?? 'none';
    expect(alerts.defects).toEqual([expect.stringMatching(new RegExp(`^3 of what .*${copy}$`))]);
    const db = new Database(join(dataDir, copy));
    expect(db.prepare("SELECT json FROM silences WHERE id = 'one'").get()).toMatchObject({ json });
    db.close();
    expect(alerts.putSilence(silence('three'))).toBe('saved');
    expect(alerts.defects).toEqual([]);
  },
);

test.each(['', '{"id"', 'null', '{}'])(
  'a channel, a letter and a key that hold %j are left out, and the others deliver',
  async (json) => {
    const log = await openLog();
    const openIt = () => openNotifications({ log, dataDir, graceMs: 0 });
    const first = await openIt();
    for (const name of ['one', 'two']) {
      const read = readChannel({ kind: 'webhook', name, url: 'http://127.0.0.1:9/' });
      if (read.ok) first.add(read.value);
    }
    const key = first.pushKey();
    await first.close();
    spoil('notify.db', 'UPDATE channels SET settings = ? WHERE rowid = 1', json);
    spoil('notify.db', 'UPDATE vapid SET pem = ?', json);
    spoil('notify.db', 'INSERT INTO dead VALUES (?, ?, 1, ?)', 'x', 'y', json);
    const notify = await openIt();
    open.push(notify);
    expect(notify.problem).toBeNull();
    expect(notify.channels().map(({ name }) => name)).toEqual(['two']);
    expect(notify.dead()).toEqual([]);
    expect(notify.defects).toEqual([expect.stringMatching(/^3 of what .*notify\.db\.unreadable-/)]);
    expect(notify.pushKey()).not.toBe(key);
  },
);

test('text that is no UTF-8 is left out and does not end the process', async () => {
  const log = await openLog();
  await log.append([event('message', 1), event('deploy', 2), event('message', 3)], 'durable');
  const first = await openAlerts({ log, dataDir, publish: async () => [], processes: () => [] });
  first.putSilence(silence('one'));
  await first.stop();
  await shut(log);
  const bytes = "CAST(x'7bff7d' AS TEXT)";
  spoil('log.db', `UPDATE lasting SET json = ${bytes} WHERE seq = 1`);
  spoil('log.db', `UPDATE lasting SET host = ${bytes} WHERE seq = 2`);
  spoil('log.db', `UPDATE invented_types SET name = ${bytes}`);
  spoil('alerts.db', `UPDATE silences SET json = ${bytes}`);
  const again = await openLog();
  expect((await again.readDurable(0, 9, 9)).map(({ seq }) => seq)).toEqual([3]);
  const alerts = await openAlerts({ log: again, dataDir, publish: async () => [], processes: () => [] });
  open.push({ close: () => alerts.stop() });
  expect([alerts.silences, alerts.rules.length]).toEqual([[], defaultRules.length]);
});

test('a sensor that cannot be read is left out', async () => {
  const registry = await openSensorRegistry({ dataDir, clock: clockWith({ wallMs: () => 1 }) });
  const sensor = { label: 'A', kind: 'temperature', value: 1, unit: '', high: null, critical: null } as const;
  registry.record(
    [
      { ...sensor, id: 'a' },
      { ...sensor, id: 'b' },
    ],
    1,
  );
  registry.close();
  spoil('sensors.db', "UPDATE words SET json = '{' WHERE id = 'a'");
  const again = await openSensorRegistry({ dataDir, clock: clockWith({ wallMs: () => 1 }) });
  open.push(again);
  expect(again.all().map(({ id }) => id)).toEqual(['b']);
  expect([again.problem, again.defects.length]).toEqual([null, 1]);
});

test('a secret that was deleted or replaced is in no file any more', async () => {
  const log = await openLog();
  const notify = await openNotifications({ log, dataDir, graceMs: 0 });
  open.push(notify);
  const settings = (secret: string) => {
    const read = readChannel({
      kind: 'webhook',
      name: 'A',
      url: `http://127.0.0.1:9/${secret}`,
      secret: `${secret}-key`,
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problem.errors));
    return read.value;
  };
  const holds = (secret: string) =>
    readdirSync(dataDir).filter((name) => readFileSync(join(dataDir, name)).includes(secret));
  const { id = '' } = notify.add(settings('FIRST-S3CRET')) ?? {};
  expect(holds('FIRST-S3CRET')).toEqual(['notify.db']);
  expect(notify.replace(id, settings('SECOND-S3CRET'))).not.toBeNull();
  expect([holds('FIRST-S3CRET'), holds('SECOND-S3CRET')]).toEqual([[], ['notify.db']]);
  expect(notify.remove(id)).toBe(true);
  expect(holds('S3CRET')).toEqual([]);
});

test('a change that cannot be stored is refused and not half done: acknowledging, discarding, a new key', async () => {
  const log = await openLog();
  const lines: string[] = [];
  const notify = await openNotifications({ log, dataDir, graceMs: 0, onReport: (line) => lines.push(line) });
  open.push(notify);
  const other = new Database(join(dataDir, 'notify.db'));
  other.exec('BEGIN IMMEDIATE');
  expect(notify.pushKey()).toBeNull();
  expect(lines).toEqual([expect.stringMatching(/notify\.db: another program holds a lock on it$/)]);
  other.exec('ROLLBACK');
  other.close();
  const key = notify.pushKey();
  expect(key).not.toBeNull();
  await shut(notify);
  const again = await openNotifications({ log, dataDir, graceMs: 0 });
  open.push(again);
  expect(again.pushKey()).toBe(key);
});
