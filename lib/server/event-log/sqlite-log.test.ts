import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { canMount, mountSmallDisk } from '@/lib/testing/small-disk';
import type { EventLog, LoggedEvent, NewEvent } from './event-log';
import { migrations } from './migrations';
import { openSqliteLog, type SqliteLogOptions } from './sqlite-log';

let dataDir = '';
const open: EventLog[] = [];
const readers: Database.Database[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-log-'));
});

afterEach(async () => {
  vi.useRealTimers();
  for (const log of open.splice(0)) await log.close();
  for (const reader of readers.splice(0)) reader.close();
  rmSync(dataDir, { recursive: true });
});

async function openLog(options: Partial<SqliteLogOptions> = {}): Promise<EventLog> {
  const log = await openSqliteLog({ dataDir, waitForOwnerMs: 0, ...options });
  open.push(log);
  return log;
}

async function shut(log: EventLog): Promise<void> {
  open.splice(open.indexOf(log), 1);
  await log.close();
}

const event = (type: string, t = 1000, text = ''): NewEvent => ({
  type,
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas', text }),
});

const databasePath = () => join(dataDir, 'log.db');
const all = async (log: EventLog, after = 0) => [...(await log.read(after, 1e6))];
const seqs = (events: readonly LoggedEvent[]) => events.map(({ seq }) => seq);

/** As a crash leaves it: a copy of the files in another folder. */
function crashCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'hostbeat-crash-'));
  for (const name of readdirSync(dataDir)) {
    if (!name.endsWith('-shm')) writeFileSync(join(copy, name), readFileSync(join(dataDir, name)));
  }
  return copy;
}

test('ids rise by one from 1, and a clean restart keeps all events and continues the ids', async () => {
  const log = await openLog();
  expect([log.headSeq, log.tailSeq, log.problem]).toEqual([0, 1, null]);
  const appended = [
    ...(await log.append([event('cpu'), event('memory')])),
    ...(await log.append([event('message')], 'durable')),
    ...(await log.append([event('cpu')])),
  ];
  expect(seqs(appended)).toEqual([1, 2, 3, 4]);
  expect(await all(log)).toEqual(appended);
  await shut(log);

  const again = await openLog();
  expect([again.id, again.headSeq, again.tailSeq]).toEqual([log.id, 4, 1]);
  expect(await all(again)).toEqual(appended);
  expect(seqs(await again.append([event('cpu')]))).toEqual([5]);
  expect(again.hasGap(0, 5)).toBe(false);
});

test('a durable event is on disk before it is visible; samples wait for their batch', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const log = await openLog();
  const onDisk = () => {
    const db = new Database(databasePath(), { readonly: true });
    const count = (table: string) =>
      (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
    const counts = { lasting: count('lasting'), batches: count('batches') };
    db.close();
    return counts;
  };
  const seen: unknown[] = [];
  log.onAppend(() => seen.push(onDisk()));
  await log.append([event('cpu')]);
  expect(seen).toEqual([{ lasting: 0, batches: 0 }]);
  await log.append([event('user-login')], 'durable');
  expect(seen[1]).toEqual({ lasting: 1, batches: 1 });
  await log.append([event('memory')]);
  vi.advanceTimersByTime(9_900);
  expect(onDisk().batches).toBe(1);
  vi.advanceTimersByTime(200);
  expect(onDisk().batches).toBe(2);
});

test('durable appends of one turn share one commit and keep their order', async () => {
  const log = await openLog();
  let commits = 0;
  log.onAppend(() => {
    commits += 1;
  });
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      log.append([event('message', index), event('deploy', index)], 'durable'),
    ),
  );
  expect(commits).toBe(1);
  expect(seqs(results.flat())).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  expect(results.map(([first]) => first?.t)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect([...log.customTypes]).toEqual(['deploy']);
});

test('after a crash ids skip ahead and never repeat; the skip is a gap', async () => {
  const log = await openLog();
  await log.append([event('cpu'), event('message')], 'durable');
  await log.append([event('cpu'), event('cpu')]);
  const copy = crashCopy();

  const again = await openLog({ dataDir: copy });
  expect(again.id).toBe(log.id);
  expect(again.headSeq).toBeGreaterThan(4);
  expect(seqs(await all(again))).toEqual([1, 2]);
  const [next] = await again.append([event('cpu')]);
  expect(next?.seq).toBe(again.headSeq);
  expect(seqs(await all(again, 1))).toEqual([2, next?.seq]);
  expect([again.hasGap(0, 2), again.hasGap(2, 3), again.hasGap(0, again.headSeq)]).toEqual([
    false,
    true,
    true,
  ]);
  rmSync(copy, { recursive: true });
});

test('over repeated crashes every acknowledged event is kept once and no id is used twice', async () => {
  const acknowledged: string[] = [];
  let headBefore = 0;
  for (let round = 0; round < 3; round += 1) {
    const log = await openLog();
    expect(log.headSeq).toBeGreaterThanOrEqual(headBefore);
    for (let index = 0; index < 20; index += 1) {
      const text = `${round}-${index}`;
      await log.append([event('message', 1000, text)], 'durable');
      acknowledged.push(text);
      await log.append([event('cpu')]);
    }
    headBefore = log.headSeq;
    const copy = crashCopy();
    await shut(log);
    rmSync(dataDir, { recursive: true });
    dataDir = copy;
  }
  const log = await openLog();
  const messages = (await all(log)).filter(({ type }) => type === 'message');
  expect(messages.map(({ json }) => JSON.parse(json).text)).toEqual(acknowledged);
});

test('reading joins disk and memory, whatever was written and expired in between', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          type: fc.constantFrom('cpu', 'memory', 'message', 'deploy'),
          wait: fc.constantFrom(0, 1, 7_000, 12_000),
          durable: fc.boolean(),
        }),
        { minLength: 1, maxLength: 60 },
      ),
      fc.nat(60),
      fc.integer({ min: 1, max: 20 }),
      async (steps, after, limit) => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
        const folder = mkdtempSync(join(dataDir, 'run-'));
        let clock = 0;
        const log = await openLog({
          dataDir: folder,
          clock: clockWith({ monotonicMs: () => clock }),
          recentMs: 15_000,
        });
        const appended: LoggedEvent[] = [];
        for (const { type, wait, durable } of steps) {
          clock += wait;
          await vi.advanceTimersByTimeAsync(wait);
          const durability = durable || type === 'message' || type === 'deploy' ? 'durable' : 'batched';
          appended.push(...(await log.append([event(type, clock)], durability)));
        }
        expect(await all(log)).toEqual(appended);
        expect(await log.read(after, limit)).toEqual(
          appended.filter(({ seq }) => seq > after).slice(0, limit),
        );
        const lasting = appended.filter(({ type, seq }) => !['cpu', 'memory'].includes(type) && seq > after);
        expect(await log.readDurable(after, 1e9, 1e6)).toEqual(lasting);
        expect(log.countDurable(after, 1e9)).toBe(lasting.length);
        const newestFirst = lasting.toReversed();
        expect(await log.readDurableBefore(1e9, after, limit)).toEqual(newestFirst.slice(0, limit));
        const before = newestFirst[0]?.seq ?? 0;
        expect(await log.readDurableBefore(before, after, limit)).toEqual(newestFirst.slice(1, limit + 1));
        await shut(log);
        vi.useRealTimers();
      },
    ),
    { numRuns: 40 },
  );
});

test('samples expire after an hour of elapsed time, durable events do not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let clock = 0;
  let wall = Date.now();
  const log = await openLog({ clock: clockWith({ monotonicMs: () => clock, wallMs: () => wall }) });
  const pass = async (ms: number) => {
    clock += ms;
    wall += ms;
    await vi.advanceTimersByTimeAsync(11_000);
  };
  await log.append([event('user-login', wall), event('cpu', wall)], 'durable');
  // The host's clock steps by hours either way; elapsed time counts.
  wall += 5 * 3_600_000;
  await log.append([event('cpu', wall)]);
  await pass(1_800_000);
  wall -= 7 * 3_600_000;
  await log.append([event('cpu', wall)]);
  await pass(600_000);
  expect([log.tailSeq, seqs(await all(log))]).toEqual([1, [1, 2, 3, 4]]);
  await log.append([event('cpu', wall)]);
  await pass(1_500_000);
  await log.append([event('cpu', wall)]);
  await pass(11_000);
  // The third waited in memory and was written half an hour later.
  expect([log.tailSeq, seqs(await all(log))]).toEqual([3, [1, 3, 4, 5, 6]]);
  await shut(log);
  const again = await openLog({ clock: clockWith({ monotonicMs: () => clock, wallMs: () => wall }) });
  expect([again.tailSeq, seqs(await all(again))]).toEqual([3, [1, 3, 4, 5, 6]]);
});

const day = 24 * 3_600_000;
const year = 365 * day;

/** A log whose clocks are set by hand; `pass` lets it prune, as it does each five minutes. */
function handClock() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const hand = { wall: Date.UTC(2026, 10, 28), elapsed: 0 };
  const openIt = () =>
    openLog({
      clock: clockWith({
        wallMs: () => hand.wall,
        monotonicMs: () => hand.elapsed,
        bootMs: () => hand.elapsed,
      }),
    });
  const pass = async (log: EventLog, ms: number) => {
    hand.wall += ms;
    hand.elapsed += ms;
    await log.append([event('cpu', hand.wall)]);
    await vi.advanceTimersByTimeAsync(11_000);
  };
  const logins = async (log: EventLog) =>
    (await all(log)).filter(({ type }) => type === 'user-login').map(({ t }) => t);
  return { hand, openIt, pass, logins };
}

test.each([2 * 3_600_000, 91 * day, year])(
  'a clock that is %d ms ahead deletes nothing, restarts included',
  async (ahead) => {
    const { hand, openIt, pass, logins } = handClock();
    let log = await openIt();
    const times = [0, 1, 30, 60, 89].map((days) => hand.wall - days * day);
    await log.append(
      times.map((t) => event('user-login', t)),
      'durable',
      { name: 'once', fingerprint: 'x' },
    );
    await pass(log, 400_000);
    hand.wall += ahead;
    for (let look = 0; look < 3; look += 1) await pass(log, 400_000);
    expect(await logins(log)).toEqual(times);
    for (let start = 0; start < 2; start += 1) {
      await shut(log);
      hand.elapsed = 0;
      log = await openIt();
      for (let look = 0; look < 3; look += 1) await pass(log, 400_000);
      expect(await logins(log)).toEqual(times);
      expect(log.tailSeq).toBe(1);
    }
    hand.wall -= ahead;
    await pass(log, 400_000);
    expect(await logins(log)).toEqual(times);
    expect(log.receipt('once')).not.toBeNull();
  },
);

test('after half a year without power, events older than 90 days are deleted a day later', async () => {
  const { hand, openIt, pass, logins } = handClock();
  const log = await openIt();
  await log.append([event('user-login', hand.wall)], 'durable');
  await pass(log, 400_000);
  await shut(log);
  hand.wall += 180 * day;
  hand.elapsed = 0;
  const again = await openIt();
  await pass(again, 23 * 3_600_000);
  expect(await logins(again)).toHaveLength(1);
  await pass(again, 2 * 3_600_000);
  expect(await logins(again)).toEqual([]);
});

test('finds the position before a time, in memory and on disk', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let clock = 0;
  const log = await openLog({ clock: clockWith({ monotonicMs: () => clock }), recentMs: 20_000 });
  for (let t = 0; t < 100_000; t += 5_000) {
    clock = t;
    await log.append([event('cpu', t), event('memory', t)]);
    await vi.advanceTimersByTimeAsync(5_000);
  }
  // The event at t has the seqs 2t/5000 + 1 and + 2.
  for (const t of [0, 5_000, 12_000, 50_000, 79_000, 80_000, 95_000]) {
    expect([t, log.seqBefore(t)]).toEqual([t, Math.ceil(t / 5_000) * 2]);
  }
  expect(log.seqBefore(95_001)).toBe(log.headSeq);
  await shut(log);
  const again = await openLog({ clock: clockWith({ monotonicMs: () => clock }), recentMs: 20_000 });
  expect([again.seqBefore(12_000), again.seqBefore(0), again.seqBefore(95_001)]).toEqual([6, 0, 40]);
});

test('on a full disk streaming continues, durable appends are refused, and the rest is written when there is room', async () => {
  const log = await openLog({ maxPages: 44, retryMs: 20, flushMs: 20 });
  let refused = 0;
  const seen: number[] = [];
  const random = (t: number) => event('message', t, Array.from({ length: 200 }, () => Math.random()).join());
  for (let t = 0; t < 60 && refused < 3; t += 1) {
    try {
      seen.push(...seqs(await log.append([random(t)], 'durable')));
    } catch (error) {
      expect(error).toMatchObject({
        code: 'log-unavailable',
        message: expect.stringMatching(/disk is full/),
      });
      refused += 1;
    }
  }
  expect(refused).toBe(3);
  expect(log.problem).toMatch(/log\.db: the disk is full/);
  seen.push(...seqs(await log.append([event('cpu')])));
  seen.push(...seqs(await log.append([random(99)], 'durable-if-possible')));
  expect(seqs(await all(log))).toEqual(seen);
  expect(seen).toEqual(seen.map((_, index) => index + 1));

  const db = new Database(databasePath());
  db.exec('DELETE FROM lasting WHERE seq < 10');
  db.close();
  await vi.waitFor(() => expect(log.problem).toBeNull());
  await log.append([event('message')], 'durable');
  const id = log.id;
  await shut(log);
  const again = await openLog();
  expect([again.id, again.headSeq]).toEqual([id, seen.length + 1]);
  expect(seqs(await all(again, 9))).toEqual([...seen.slice(9), seen.length + 1]);
});

test('a lock of another program on the database delays no reader', async () => {
  const log = await openLog({ retryMs: 20, flushMs: 20 });
  await log.append([event('message')], 'durable');
  const other = new Database(databasePath());
  other.exec('BEGIN IMMEDIATE');
  await expect(log.append([event('message')], 'durable')).rejects.toMatchObject({ code: 'log-unavailable' });
  expect(log.problem).toMatch(/another program holds a lock/);
  await log.append([event('cpu')]);
  expect(seqs(await all(log))).toEqual([1, 2]);
  other.exec('ROLLBACK');
  other.close();
  await vi.waitFor(() => expect(log.problem).toBeNull());
  expect(seqs(await log.append([event('message')], 'durable'))).toEqual([3]);
});

/** The durable events in the database. */
function storedRows(): unknown[] {
  const db = new Database(databasePath());
  const rows = db.prepare('SELECT seq, t FROM lasting ORDER BY seq').all();
  db.close();
  return rows;
}

test('while another Hostbeat uses the data directory the log is in memory, and then continues the stored one', async () => {
  const first = await openLog();
  const key = { name: 'key', fingerprint: 'print' };
  await first.append([event('message', 1, 'of the first')], 'durable', key);
  let woken = 0;
  const second = await openLog({ retryMs: 20, newId: () => 'second' });
  second.onAppend(() => {
    woken += 1;
  });
  expect([second.id, second.isProvisional, second.isFolderTaken]).toEqual(['second', true, true]);
  expect(second.problem).toMatch(/another Hostbeat is using it/);
  expect(second.receipt('key')).toBeUndefined();
  const inMemory = [
    ...(await second.append([event('cpu', 2), event('user-login', 3)])),
    ...(await second.append([event('system-alert', 4)], 'durable-if-possible')),
  ];
  await expect(second.append([event('message')], 'durable')).rejects.toMatchObject({
    code: 'log-unavailable',
  });
  // The first one appends meanwhile, far below.
  await first.append([event('message', 5)], 'durable');
  await shut(first);
  await vi.waitFor(() => expect(second.problem).toBeNull());
  expect([second.id, second.formerId, second.isProvisional]).toEqual([first.id, 'second', false]);
  expect(woken).toBe(3);
  const firstInMemory = inMemory[0]?.seq ?? 0;
  expect(seqs(await all(second))).toEqual([1, 2, ...seqs(inMemory)]);
  expect([second.hasGap(0, 2), second.hasGap(2, firstInMemory)]).toEqual([false, true]);
  expect(second.receipt('key')).toMatchObject({ firstSeq: 1, count: 1 });
  const [later] = await second.append([event('message', 6)], 'durable');
  expect(later?.seq).toBe(firstInMemory + 3);
  await shut(second);
  expect(storedRows()).toEqual([
    { seq: 1, t: 1 },
    { seq: 2, t: 5 },
    { seq: firstInMemory + 1, t: 3 },
    { seq: firstInMemory + 2, t: 4 },
    { seq: firstInMemory + 3, t: 6 },
  ]);
  const third = await openLog();
  expect([third.id, third.headSeq]).toEqual([first.id, firstInMemory + 3]);
  expect(seqs(await all(third))).toEqual([1, 2, ...seqs(inMemory), firstInMemory + 3]);
});

test.skipIf(!canMount()).each([
  ['a full disk', /log\.db: the disk is full$/],
  ['a read-only file system', /log\.db: the file system is read-only$/],
])('a start on %s continues the stored log, with ids that no other run uses', async (kind, text) => {
  const disk = mountSmallDisk();
  try {
    const first = await openLog({ dataDir: disk.path });
    const key = { name: 'key', fingerprint: 'print' };
    await first.append([event('message', 1)], 'durable', key);
    await shut(first);
    const view = kind === 'a full disk' ? null : disk.readOnlyView();
    if (!view) disk.fill();
    const second = await openLog({ dataDir: view?.path ?? disk.path, retryMs: 20 });
    expect(second.problem).toMatch(text);
    expect([second.id, second.isProvisional]).toEqual([first.id, false]);
    expect(second.receipt('key')).toMatchObject({ firstSeq: 1 });
    const [inMemory] = await second.append([event('user-login', 2)], 'durable-if-possible');
    expect(inMemory?.seq).toBeGreaterThan(1_000_000);
    expect(seqs(await all(second))).toEqual([1, inMemory?.seq]);
    disk.makeRoom();
    view?.setReadOnly(false);
    await vi.waitFor(() => expect(second.problem).toBeNull());
    const [later] = await second.append([event('message', 3)], 'durable');
    await shut(second);
    const third = await openLog({ dataDir: disk.path });
    expect([third.id, third.hasGap(1, inMemory?.seq ?? 0)]).toEqual([first.id, true]);
    expect(seqs(await all(third))).toEqual([1, inMemory?.seq, later?.seq]);
    await shut(third);
  } finally {
    disk.unmount();
  }
});

test.each([
  ['a folder that may not be made', (path: string) => writeFileSync(path, ''), /not a directory/],
  [
    'a lock that is a link',
    (path: string) => {
      mkdirSync(path);
      symlinkSync('/etc/hostname', join(path, 'hostbeat.lock'));
    },
    /hostbeat\.lock: it is a symbolic link, which is refused$/,
  ],
  [
    'a database that is a directory',
    (path: string) => mkdirSync(join(path, 'log.db'), { recursive: true }),
    /log\.db: it is a directory, which is refused$/,
  ],
  [
    'a lock that a backup is reading',
    (path: string) => {
      mkdirSync(path);
      const db = new Database(join(path, 'hostbeat.lock'));
      db.exec('CREATE TABLE t (x); BEGIN; SELECT * FROM t');
      readers.push(db);
    },
    /another program holds a lock on it/,
  ],
])('the problem is the real cause: %s', async (_, spoil, text) => {
  const path = join(dataDir, 'data');
  spoil(path);
  const log = await openLog({ dataDir: path });
  expect(log.problem).toMatch(text);
  expect(log.problem).not.toContain('another Hostbeat');
  expect(log.isFolderTaken).toBe(false);
});

test('a corrupt database is set aside under a new name, and a new one is made', async () => {
  const garbage = 'no database at all, '.repeat(500);
  writeFileSync(databasePath(), garbage);
  const asides: string[] = [];
  const log = await openLog({ onSetAside: (path) => asides.push(path) });
  expect(log.problem).toBeNull();
  expect(seqs(await log.append([event('message')], 'durable'))).toEqual([1]);
  expect(asides).toHaveLength(1);
  expect(readFileSync(asides[0] ?? '', 'utf8')).toBe(garbage);
});

test('when the database is damaged while in use, nothing in memory is lost and ids continue', async () => {
  const log = await openLog({ flushMs: 20, retryMs: 20 });
  const appended: LoggedEvent[] = [];
  for (let t = 0; t < 30; t += 1) {
    appended.push(...(await log.append([event('message', t, 'x'.repeat(2000)), event('cpu', t)], 'durable')));
  }
  const pages = readFileSync(databasePath()).length;
  const db = new Database(databasePath());
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const bytes = readFileSync(databasePath());
  expect(bytes.length).toBeGreaterThan(pages);
  bytes.fill(7, 4096);
  writeFileSync(databasePath(), bytes);

  appended.push(...(await log.append([event('message', 99)], 'durable')));
  expect(log.problem).toBeNull();
  expect(await all(log)).toEqual(appended);
  expect(readdirSync(dataDir).filter((name) => name.includes('corrupt'))).not.toHaveLength(0);
  const { id } = log;
  await shut(log);
  const again = await openLog();
  expect(again.id).toBe(id);
  expect(await all(again)).toEqual(appended);
});

test('when the database is removed while in use, it is made anew from memory', async () => {
  const log = await openLog({ flushMs: 20, retryMs: 20 });
  const appended = [...(await log.append([event('message'), event('cpu')], 'durable'))];
  for (const name of readdirSync(dataDir)) if (name.startsWith('log.db')) rmSync(join(dataDir, name));
  appended.push(...(await log.append([event('cpu')])));
  await vi.waitFor(() => expect(readdirSync(dataDir)).toContain('log.db'));
  await shut(log);
  expect(await all(await openLog())).toEqual(appended);
});

test('where the data directory cannot be used, the log is in memory and reports the cause', async () => {
  const file = join(dataDir, 'file');
  writeFileSync(file, '');
  const log = await openLog({ dataDir: join(file, 'inside') });
  expect(log.problem).toMatch(/not a directory/);
  expect(seqs(await log.append([event('cpu'), event('message')], 'durable-if-possible'))).toEqual([1, 2]);
  expect(seqs(await all(log))).toEqual([1, 2]);
});

test('a database of a newer Hostbeat is left alone', async () => {
  const db = new Database(databasePath());
  db.pragma(`user_version = ${migrations.length + 1}`);
  db.close();
  const before = readFileSync(databasePath());
  const log = await openLog();
  expect(log.problem).toMatch(/schema/);
  await shut(log);
  expect(readFileSync(databasePath())).toEqual(before);
});

test('only the owner may enter the data directory', async () => {
  const inside = join(dataDir, 'new');
  await openLog({ dataDir: inside });
  if (process.platform !== 'win32') {
    expect(statSync(inside).mode & 0o777).toBe(0o700);
  }
});

test('durable events are found by their own time, on disk and in memory, between two positions', async () => {
  const log = await openLog({ flushMs: 1e9 });
  const says = (t: number) => event('message', t, String(t));
  await log.append([says(500), says(100), event('cpu', 150), says(300)], 'durable');
  const broken = await openSqliteLog({ dataDir: '/dev/null/nowhere', newId: () => 'memory' });
  await broken.append([says(500), says(100), event('cpu', 150), says(300)], 'durable-if-possible');
  for (const one of [log, broken]) {
    await one.append([says(300), event('deploy', 200)], 'durable-if-possible');
    const ask = { after: { t: 100, seq: 0 }, toT: 500, fromSeq: 1, toSeq: 7, limit: 10 };
    expect(seqs(await one.readDurableByTime(ask))).toEqual([2, 6, 4, 5]);
    expect(seqs(await one.readDurableByTime({ ...ask, toT: 501, limit: 3 }))).toEqual([2, 6, 4]);
    expect(seqs(await one.readDurableByTime({ ...ask, after: { t: 300, seq: 4 } }))).toEqual([5]);
    expect(seqs(await one.readDurableByTime({ ...ask, fromSeq: 3, toSeq: 6 }))).toEqual([4, 5]);
  }
  await broken.close();
});
