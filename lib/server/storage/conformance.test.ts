import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openAlerts } from '@/lib/server/alerting/alerts';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { openSensorRegistry } from '@/lib/server/ingest/sensor-registry';
import { readChannel } from '@/lib/server/notifications/channel-registry';
import { openNotifications } from '@/lib/server/notifications/notifications';
import { History } from '@/lib/server/timeseries/history';
import { clockWith } from '@/lib/testing/fake-clock';
import { type HeldLock, holdLock } from '@/lib/testing/lock-holder';
import { canMount, mountSmallDisk, type SmallDisk } from '@/lib/testing/small-disk';

/** One of the five databases, opened in a folder. */
interface Kept {
  problem(): string | null;
  defects(): readonly string[];
  /** Stores an entry durably. Whether that was confirmed. */
  store(entry: string): Promise<boolean>;
  /** The known entries. */
  entries(): Promise<readonly string[]> | readonly string[];
  close(): Promise<void> | void;
}

interface Hooks {
  readonly onSetAside: (name: string, reason: string, isKept: boolean) => void;
  readonly onReport: (line: string) => void;
}

interface Subject {
  readonly file: string;
  open(dataDir: string, hooks: Hooks): Promise<Kept>;
}

/** The log of the others, in a folder of its own. */
let log: EventLog;
let folders: string[] = [];
let disks: SmallDisk[] = [];
const locks: { release(): Promise<void> }[] = [];
let open: Kept[] = [];
let asides: string[] = [];
/** Losses of which nothing was left to be set aside. */
let losses: string[] = [];
let reports: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-storage-'));
  folders.push(folder);
  return folder;
}

beforeEach(async () => {
  log = await openSqliteLog({ dataDir: newFolder() });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const lock of locks.splice(0)) await lock.release();
  for (const kept of open) await kept.close();
  await log.close();
  for (const disk of disks) disk.unmount();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
  disks = [];
  open = [];
  asides = [];
  losses = [];
  reports = [];
});

const startT = 1_795_392_000_000;
/** History keeps numbers: a entry is the number of its letters' places, at a time of its own. */
const history: Subject = {
  file: 'history.db',
  async open(dataDir, hooks) {
    const kept = new History({ log, dataDir, clock: clockWith({ wallMs: () => startT + 60_000 }), ...hooks });
    const secondOf = (entry: string) => entry.charCodeAt(0) - 97;
    return {
      problem: () => kept.problem,
      defects: () => kept.defects,
      async store(entry) {
        const t = startT + secondOf(entry) * 1_000;
        const json = JSON.stringify({ t, host: 'atlas', load1: secondOf(entry), cores: [] });
        await log.append([{ type: 'cpu', host: 'atlas', t, json }]);
        await kept.settle();
        return kept.problem === null;
      },
      entries() {
        const range = { from: startT, to: startT + 26_000, points: 26 };
        const [series] = kept.query({ host: 'atlas', metrics: ['cpu.load1'], ...range });
        return (series?.points ?? []).flatMap(([, value]) =>
          value === null ? [] : [String.fromCharCode(97 + value)],
        );
      },
      close: () => kept.close(),
    };
  },
};

const subjects: readonly Subject[] = [
  {
    file: 'log.db',
    async open(dataDir, hooks) {
      const kept = await openSqliteLog({ dataDir, waitForOwnerMs: 0, ...hooks });
      return {
        problem: () => kept.problem,
        defects: () => kept.defects,
        store: (entry) =>
          kept
            .append([{ type: 'message', host: 'atlas', t: 1, json: JSON.stringify(entry) }], 'durable')
            .then(
              () => true,
              () => false,
            ),
        entries: async () => (await kept.read(0, 1e6)).map(({ json }) => JSON.parse(json) as string),
        close: () => kept.close(),
      };
    },
  },
  history,
  {
    file: 'alerts.db',
    async open(dataDir, hooks) {
      const publish = () => Promise.resolve([]);
      const kept = await openAlerts({ log, dataDir, publish, processes: () => [], ...hooks });
      return {
        problem: () => kept.problem,
        defects: () => kept.defects,
        store: async (id) => kept.putSilence({ id, matcher: {}, comment: '', from: 0, to: 1 }) === 'saved',
        entries: () => kept.silences.map(({ id }) => id),
        close: () => kept.stop(),
      };
    },
  },
  {
    file: 'notify.db',
    async open(dataDir, hooks) {
      const kept = await openNotifications({ log, dataDir, graceMs: 0, ...hooks });
      return {
        problem: () => kept.problem,
        defects: () => kept.defects,
        async store(name) {
          const read = readChannel({ kind: 'webhook', name, url: 'http://127.0.0.1:9/secret' });
          return read.ok && kept.add(read.value) !== null;
        },
        entries: () => kept.channels().map(({ name }) => name),
        close: () => kept.close(),
      };
    },
  },
  {
    file: 'sensors.db',
    async open(dataDir, hooks) {
      const kept = await openSensorRegistry({
        dataDir,
        clock: clockWith({ wallMs: () => startT }),
        ...hooks,
      });
      const sensor = { kind: 'temperature', value: 1, unit: '°C', high: null, critical: null } as const;
      return {
        problem: () => kept.problem,
        defects: () => kept.defects,
        async store(id) {
          kept.record([{ ...sensor, id, label: id }], startT);
          return kept.problem === null;
        },
        entries: () => kept.all().map(({ id }) => id),
        close: () => kept.close(),
      };
    },
  },
];

const generous = { timeout: 60_000, interval: 20 };
const retryMsMax = 15_000;
const everyEnd = ['', '-wal', '-shm'];

describe.each(subjects)('$file', ({ file, open: openSubject }) => {
  const hooks: Hooks = {
    onSetAside: (name, _, isKept) => (isKept ? asides : losses).push(name),
    onReport: (line) => reports.push(line),
  };

  async function openAt(dataDir: string): Promise<Kept> {
    const kept = await openSubject(dataDir, hooks);
    open.push(kept);
    return kept;
  }

  async function shut(kept: Kept): Promise<void> {
    open = open.filter((one) => one !== kept);
    await kept.close();
  }

  async function expectAfterRestart(dataDir: string, kept: Kept, entries: readonly string[]): Promise<void> {
    expect([...(await kept.entries())].sort()).toEqual(entries);
    await shut(kept);
    const again = await openAt(dataDir);
    expect(again.problem()).toBeNull();
    expect([...(await again.entries())].sort()).toEqual(entries);
  }

  /** A folder in which an earlier run has kept `a`. */
  async function usedFolder(dataDir = newFolder()): Promise<string> {
    const kept = await openAt(dataDir);
    expect(await kept.store('a')).toBe(true);
    await shut(kept);
    return dataDir;
  }

  /** As a crash leaves them; and what this process has locked is not locked there. */
  function copyFiles(from: string, to: string): void {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    for (const name of [...everyEnd, '.made'].map((end) => file + end)) {
      if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
    }
  }

  async function lockedFolder(lock: HeldLock) {
    const dataDir = newFolder();
    copyFiles(await usedFolder(), dataDir);
    const other = await holdLock(join(dataDir, file), lock);
    locks.push(other);
    return { dataDir, other };
  }

  test.each([
    ['the database', (dataDir: string) => rmSync(join(dataDir, file))],
    [
      'all of its files',
      (dataDir: string) => {
        for (const end of everyEnd) rmSync(join(dataDir, file + end), { force: true });
      },
    ],
    ['the whole folder', (dataDir: string) => rmSync(dataDir, { recursive: true })],
    ['its write-ahead log', (dataDir: string) => rmSync(join(dataDir, `${file}-wal`))],
  ])(
    'deleted while it is open, %s: everything is written anew, and later entries are kept',
    async (_, remove) => {
      const dataDir = newFolder();
      const kept = await openAt(dataDir);
      await kept.store('a');
      remove(dataDir);
      expect(await kept.store('b')).toBe(true);
      expect(existsSync(join(dataDir, file))).toBe(true);
      expect(reports.filter((line) => line.includes('deleted while it was open'))).toHaveLength(1);
      await expectAfterRestart(dataDir, kept, ['a', 'b']);
    },
  );

  test('deleted while nothing is written: it is noticed by itself', async () => {
    const dataDir = newFolder();
    const kept = await openAt(dataDir);
    await kept.store('a');
    rmSync(join(dataDir, file));
    await vi.waitFor(() => expect(existsSync(join(dataDir, file))).toBe(true), generous);
    await expectAfterRestart(dataDir, kept, ['a']);
  });

  test('replaced while it is open: the other file is set aside, and this one continues', async () => {
    const dataDir = newFolder();
    const kept = await openAt(dataDir);
    await kept.store('a');
    const other = Buffer.from('a database of somebody else');
    writeFileSync(join(dataDir, 'other'), other);
    renameSync(join(dataDir, 'other'), join(dataDir, file));
    expect(await kept.store('b')).toBe(true);
    expect(asides).toEqual([expect.stringContaining(`${file}.replaced-`)]);
    expect(readFileSync(asides[0] ?? '')).toEqual(other);
    await expectAfterRestart(dataDir, kept, ['a', 'b']);
  });

  test('its write-ahead log cut short while it is open: the database stays sound and continues', async () => {
    const dataDir = newFolder();
    const kept = await openAt(dataDir);
    await kept.store('a');
    const wal = join(dataDir, `${file}-wal`);
    // A small database has moved it into its place already.
    if (statSync(wal).size === 0) return;
    truncateSync(wal, 100);
    expect(await kept.store('b')).toBe(true);
    expect(asides).toEqual([expect.stringContaining(`${file}.cut-short-`)]);
    expect(kept.problem()).toBeNull();
    await shut(kept);
    const again = await openAt(dataDir);
    expect(again.problem()).toBeNull();
    expect(await again.entries()).toContain('b');
  });

  test('overwritten while it is open: repaired from its log, or set aside and written anew', async () => {
    const dataDir = newFolder();
    const kept = await openAt(dataDir);
    await kept.store('a');
    // One tick of the clock of files later.
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(dataDir, file), Buffer.alloc(statSync(join(dataDir, file)).size, 7));
    expect(await kept.store('b')).toBe(true);
    expect(reports.filter((line) => line.includes('changed by another program'))).toHaveLength(1);
    await shut(kept);
    const again = await openAt(dataDir);
    expect(again.problem()).toBeNull();
    // History's earlier samples are nowhere else.
    const isLost = file === 'history.db' && asides.length > 0;
    expect([...(await again.entries())].sort()).toEqual(isLost ? ['b'] : ['a', 'b']);
  });

  test('corrupt at the start: set aside and never deleted, and begun anew', async () => {
    const dataDir = newFolder();
    const garbage = 'no database at all, '.repeat(500);
    writeFileSync(join(dataDir, file), garbage);
    const kept = await openAt(dataDir);
    expect(kept.problem()).toBeNull();
    expect(asides).toEqual([expect.stringContaining(`${file}.corrupt-`)]);
    expect(readFileSync(asides[0] ?? '', 'utf8')).toBe(garbage);
    expect(await kept.store('a')).toBe(true);
    await expectAfterRestart(dataDir, kept, ['a']);
  });

  /** As a first start on a full disk leaves it. */
  const empty = (dataDir: string) => truncateSync(join(dataDir, file), 0);
  const remove = (dataDir: string) => rmSync(join(dataDir, file));
  test.each([
    ['emptied', empty],
    ['removed', remove],
  ])('%s before the start: the loss is reported once, and it works', async (_, spoil) => {
    const dataDir = newFolder();
    copyFiles(await usedFolder(), dataDir);
    for (const end of ['-wal', '-shm']) rmSync(join(dataDir, file + end), { force: true });
    spoil(dataDir);
    const kept = await openAt(dataDir);
    const path = join(dataDir, file);
    expect([losses, asides, kept.problem()]).toEqual([[path], [], null]);
    expect(kept.defects()).toEqual([expect.stringMatching(new RegExp(`^[a-z ]+ (is|are) lost: ${path}: `))]);
    expect(await kept.store('b')).toBe(true);
    // History rolls up what the log still has.
    await expectAfterRestart(dataDir, kept, file === 'history.db' ? ['a', 'b'] : ['b']);
    expect([losses, open[0]?.defects()]).toEqual([[path], []]);
  });

  test.each([
    ['emptied', empty],
    ['removed', remove],
  ])('%s before the start, with its write-ahead log left: that is set aside', async (_, spoil) => {
    const dataDir = newFolder();
    copyFiles(await usedFolder(), dataDir);
    const log = Buffer.alloc(100_000, 7);
    writeFileSync(join(dataDir, `${file}-wal`), log);
    spoil(dataDir);
    const kept = await openAt(dataDir);
    expect(asides).toEqual([expect.stringContaining(`${file}.emptied-`)]);
    expect(readFileSync(`${asides[0]}-wal`)).toEqual(log);
    expect(kept.defects()).toEqual([expect.stringContaining('lost: ')]);
    expect(await kept.store('b')).toBe(true);
  });

  test('an empty file that never held anything is new, and no loss', async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, file), '');
    const kept = await openAt(dataDir);
    expect([losses, asides, kept.problem(), kept.defects()]).toEqual([[], [], null, []]);
    expect(await kept.store('a')).toBe(true);
    await expectAfterRestart(dataDir, kept, ['a']);
  });

  test.skipIf(!canMount())('a first start on a full disk is no loss, nor is the one after it', async () => {
    const disk = mountSmallDisk(2_048);
    disks.push(disk);
    const dataDir = join(disk.path, 'data');
    mkdirSync(dataDir, { mode: 0o700 });
    disk.fill();
    const first = await openAt(dataDir);
    expect(await first.store('a')).toBe(false);
    await shut(first);
    disk.makeRoom();
    const kept = await openAt(dataDir);
    expect([losses, asides, kept.problem(), kept.defects()]).toEqual([[], [], null, []]);
    expect(await kept.store('b')).toBe(true);
  });

  test.skipIf(!canMount())(
    'emptied before a start on a full disk: reported once, however often it is retried',
    async () => {
      const disk = mountSmallDisk(2_048);
      disks.push(disk);
      const dataDir = await usedFolder(join(disk.path, 'data'));
      empty(dataDir);
      disk.fill();
      const kept = await openAt(dataDir);
      for (const entry of ['b', 'c', 'd']) expect(await kept.store(entry)).toBe(false);
      expect(losses).toEqual([join(dataDir, file)]);
    },
  );

  test.each([
    ['text', (path: string) => writeFileSync(path, 'no database at all, '.repeat(500))],
    ['cut short', (path: string) => truncateSync(path, 700)],
  ])('%s at the start: the loss is in the defects', async (_, spoil) => {
    const dataDir = await usedFolder();
    spoil(join(dataDir, file));
    const kept = await openAt(dataDir);
    expect(asides).toEqual([expect.stringContaining(`${file}.corrupt-`)]);
    expect(kept.defects()).toEqual([expect.stringContaining(` lost: ${join(dataDir, file)}: `)]);
    expect(await kept.store('b')).toBe(true);
  });

  test('deleted just before it is closed: it is written anew', async () => {
    const dataDir = newFolder();
    const kept = await openAt(dataDir);
    await kept.store('a');
    rmSync(join(dataDir, file));
    await expectAfterRestart(dataDir, kept, ['a']);
    expect(losses).toEqual([]);
  });

  test('a folder that cannot be made at the start, and can later', async () => {
    const place = join(newFolder(), 'place');
    writeFileSync(place, '');
    const dataDir = join(place, 'data');
    const kept = await openAt(dataDir);
    expect(kept.problem()).toBe(`${join(dataDir, file)}: a part of its path is not a directory`);
    expect(await kept.store('a')).toBe(false);
    rmSync(place);
    await vi.waitFor(() => expect(kept.problem()).toBeNull(), generous);
    expect(await kept.store('b')).toBe(true);
    // Reported once when it failed, and once when it worked again.
    expect(reports).toHaveLength(2);
    const entries = [...(await kept.entries())].sort();
    expect(entries).toContain('b');
    await expectAfterRestart(dataDir, kept, entries);
  });

  test('a lock that another program holds, at the start and later: stored entries are kept', async () => {
    const dataDir = await usedFolder();
    const other = new Database(join(dataDir, file));
    other.exec('BEGIN EXCLUSIVE');
    const kept = await openAt(dataDir);
    expect(await kept.store('b')).toBe(false);
    expect(kept.problem()).toMatch(new RegExp(`${file}: another program holds a lock on it$`));
    other.exec('ROLLBACK');
    await vi.waitFor(() => expect(kept.problem()).toBeNull(), generous);
    other.exec('BEGIN IMMEDIATE');
    expect(await kept.store('c')).toBe(false);
    other.exec('ROLLBACK');
    other.close();
    await vi.waitFor(() => expect(kept.problem()).toBeNull(), generous);
    expect(await kept.store('d')).toBe(true);
    const entries = [...(await kept.entries())].sort();
    expect(entries).toEqual(expect.arrayContaining(['a', 'd']));
    await expectAfterRestart(dataDir, kept, entries);
  });

  test('a database that another process only reads at the start is used with it', async () => {
    const { dataDir, other } = await lockedFolder('read');
    const kept = await openAt(dataDir);
    expect(await kept.entries()).toEqual(['a']);
    expect(await kept.store('b')).toBe(true);
    expect(kept.problem()).toBeNull();
    await other.release();
    await expectAfterRestart(dataDir, kept, ['a', 'b']);
  });

  test('a database that another process writes at the start can be read, and heals', async () => {
    const { dataDir, other } = await lockedFolder('write');
    const kept = await openAt(dataDir);
    expect(await kept.entries()).toEqual(['a']);
    expect(await kept.store('b')).toBe(false);
    expect(kept.problem()).toMatch(new RegExp(`${file}: another program holds a lock on it$`));
    await other.release();
    await vi.waitFor(() => expect(kept.problem()).toBeNull(), generous);
    expect(await kept.store('c')).toBe(true);
    const entries = [...(await kept.entries())].sort();
    expect(entries).toEqual(expect.arrayContaining(['a', 'c']));
    await expectAfterRestart(dataDir, kept, entries);
  });

  test.skipIf(!canMount())('a full disk at the start: stored entries can be read, and it heals', async () => {
    const disk = mountSmallDisk(2_048);
    disks.push(disk);
    const dataDir = await usedFolder(join(disk.path, 'data'));
    disk.fill();
    const kept = await openAt(dataDir);
    if (kept.problem() !== null) expect(kept.problem()).toContain(`${file}: the disk is full`);
    expect(await kept.store('b')).toBe(false);
    expect(kept.problem()).toContain(`${file}: the disk is full`);
    disk.makeRoom();
    await vi.waitFor(() => expect(kept.problem()).toBeNull(), generous);
    expect(await kept.store('c')).toBe(true);
    const entries = [...(await kept.entries())].sort();
    expect(entries).toEqual(expect.arrayContaining(['a', 'c']));
    await expectAfterRestart(dataDir, kept, entries);
  });

  test.skipIf(!canMount())(
    'a read-only file system: stored entries can be read, and none is confirmed',
    async () => {
      const disk = mountSmallDisk(2_048);
      disks.push(disk);
      await usedFolder(join(disk.path, 'data'));
      const view = disk.readOnlyView();
      const kept = await openAt(join(view.path, 'data'));
      expect(await kept.store('b')).toBe(false);
      expect(kept.problem()).toMatch(new RegExp(`${file}: the file system is read-only$`));
      expect(await kept.entries()).toContain('a');
      view.setReadOnly(false);
      await vi.waitFor(() => expect(kept.problem()).toBeNull(), generous);
      expect(await kept.store('c')).toBe(true);
      expect(await kept.entries()).toEqual(expect.arrayContaining(['a', 'c']));
    },
  );

  test.skipIf(!canMount())(
    'read-only at the start after a crash, and writable later: it heals within its longest delay',
    async () => {
      const disk = mountSmallDisk(4_096);
      disks.push(disk);
      const before = newFolder();
      const crashed = await openAt(before);
      expect(await crashed.store('a')).toBe(true);
      copyFiles(before, join(disk.path, 'data'));
      const view = disk.readOnlyView();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      const kept = await openAt(join(view.path, 'data'));
      expect(await kept.entries()).toContain('a');
      expect(await kept.store('b')).toBe(false);
      expect(kept.problem()).toMatch(new RegExp(`${file}: the file system is read-only$`));
      await vi.advanceTimersByTimeAsync(4 * retryMsMax);
      expect(kept.problem()).toMatch(/read-only$/);
      view.setReadOnly(false);
      await vi.advanceTimersByTimeAsync(retryMsMax);
      expect(kept.problem()).toBeNull();
      expect(await kept.store('c')).toBe(true);
      const entries = [...(await kept.entries())].sort();
      expect(entries).toEqual(expect.arrayContaining(['a', 'c']));
      await expectAfterRestart(join(view.path, 'data'), kept, entries);
    },
  );

  describe.skipIf(process.platform === 'win32')('rights', () => {
    const modeOf = (path: string) => statSync(path).mode & 0o777;

    test.each([0o000, 0o777])('only its owner may read anything, with a umask of %o', async (mask) => {
      const dataDir = join(newFolder(), 'data');
      const before = process.umask(mask);
      try {
        const kept = await openAt(dataDir);
        await kept.store('a');
        expect(modeOf(dataDir)).toBe(0o700);
        const names = readdirSync(dataDir);
        expect(names).toContain(file);
        for (const name of names) expect([name, modeOf(join(dataDir, name))]).toEqual([name, 0o600]);
      } finally {
        process.umask(before);
      }
    });

    test('rights of others are removed', async () => {
      const dataDir = await usedFolder();
      chmodSync(dataDir, 0o755);
      chmodSync(join(dataDir, file), 0o644);
      writeFileSync(join(dataDir, `${file}-wal`), '', { mode: 0o666 });
      chmodSync(join(dataDir, `${file}-wal`), 0o666);
      const kept = await openAt(dataDir);
      expect(await kept.store('b')).toBe(true);
      expect(modeOf(dataDir)).toBe(0o700);
      for (const end of ['', '-wal']) expect(modeOf(join(dataDir, file + end))).toBe(0o600);
    });

    test('rights that its owner lacks are restored', async () => {
      const dataDir = await usedFolder();
      chmodSync(join(dataDir, file), 0o400);
      const kept = await openAt(dataDir);
      expect(await kept.store('b')).toBe(true);
      expect(modeOf(join(dataDir, file))).toBe(0o600);
    });

    test.each(['', '-wal'])('a symbolic link is refused and not followed: %s', async (end) => {
      const dataDir = newFolder();
      const target = join(newFolder(), 'target');
      writeFileSync(target, 'not ours');
      symlinkSync(target, join(dataDir, file + end));
      const kept = await openAt(dataDir);
      expect(kept.problem()).toBe(`${join(dataDir, file + end)}: it is a symbolic link, which is refused`);
      expect(await kept.store('a')).toBe(false);
      expect(readFileSync(target, 'utf8')).toBe('not ours');
    });

    test('the folder itself may be a symbolic link', async () => {
      const elsewhere = newFolder();
      const dataDir = join(newFolder(), 'data');
      symlinkSync(elsewhere, dataDir);
      const kept = await openAt(dataDir);
      expect(await kept.store('a')).toBe(true);
      expect(existsSync(join(elsewhere, file))).toBe(true);
    });

    test.skipIf(process.getuid?.() !== 0).each([
      ['the file', (dataDir: string) => join(dataDir, file)],
      ['the folder', (dataDir: string) => dataDir],
    ])('another user’s is refused: %s', async (_, pathIn) => {
      const dataDir = await usedFolder();
      chownSync(pathIn(dataDir), 12_345, 12_345);
      const kept = await openAt(dataDir);
      expect(kept.problem()).toBe(
        `${pathIn(dataDir)}: it belongs to another user (uid 12345), which is refused`,
      );
      expect(await kept.store('b')).toBe(false);
      chownSync(pathIn(dataDir), 0, 0);
      await vi.waitFor(() => expect(kept.problem()).toBeNull(), generous);
      expect(await kept.entries()).toContain('a');
    });
  });

  test('a confirmed change of a user is in the database file itself, whenever the process is killed', async () => {
    const dataDir = newFolder();
    const kept = await openAt(dataDir);
    await kept.store('a');
    if (!['alerts.db', 'notify.db'].includes(file)) return;
    // As a crash leaves it, and a lost write-ahead log on top.
    const copy = newFolder();
    copyFileSync(join(dataDir, file), join(copy, file));
    const again = await openAt(copy);
    expect(await again.entries()).toEqual(['a']);
  });
});

test('a database that cannot be opened leaves no other files in an existing folder', async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, 'sensors.db'));
  const registry = await openSensorRegistry({ dataDir });
  expect(registry.problem).toBe(`${join(dataDir, 'sensors.db')}: it is a directory, which is refused`);
  registry.close();
  expect(readdirSync(dataDir)).toEqual(['sensors.db']);
});
