import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesystemSchema } from '@/lib/protocol/payloads';
import { type FilesystemOptions, filesystemCollector } from './filesystem-collector';
import { type Space, spaceOf } from './mount-space';
import { openMounts } from './mounts';

const { signal } = new AbortController();
const space: Space = { sizeBytes: 100, usedBytes: 40, availableBytes: 50, inodesUsedPercent: 3 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (id: number, device: string, mountPoint: string, root = '/') =>
  `${id} 1 ${device} ${root} ${mountPoint} rw - ext4 /dev/x rw\n`;

/** Another machine, of which the test has the mounts and a folder as its `/`. */
function machine(...lines: string[]) {
  mkdirSync(join(folder, 'proc/1'), { recursive: true });
  writeFileSync(join(folder, 'proc/1/mountinfo'), lines.join(''), 'latin1');
  writeFileSync(
    join(folder, 'proc/1/stat'),
    '1 (init) S 0 1 1 0 -1 4194560 10 0 0 0 5 5 0 0 20 0 1 0 1 1000000 300 0\n',
  );
  return { procPath: join(folder, 'proc'), rootfsPath: join(folder, 'root') };
}

async function mountsOf(options: FilesystemOptions) {
  const sample = await filesystemCollector(options).collect(signal);
  return filesystemSchema.parse({ t: 0, host: 'atlas', ...sample }).mounts;
}

describe('space', () => {
  const stats = { bsize: 4096n, blocks: 1000n, bfree: 400n, bavail: 300n, files: 64n, ffree: 48n };

  it('is what df prints: used with, available without what is kept for root', () => {
    expect(spaceOf(stats)).toEqual({
      sizeBytes: 4_096_000,
      usedBytes: 2_457_600,
      availableBytes: 1_228_800,
      inodesUsedPercent: 25,
    });
  });

  it('is right past 2^53, to the precision of a number', () => {
    const blocks = 2n ** 52n + 1n;
    expect(spaceOf({ ...stats, blocks, bfree: 1n, bavail: 1n })).toMatchObject({
      sizeBytes: Number(blocks * 4096n),
      usedBytes: Number((blocks - 1n) * 4096n),
      availableBytes: 4096,
    });
  });

  it('counts in fragments where Node provides them', () => {
    expect(spaceOf({ ...stats, bsize: 131_072n, frsize: 512n }).sizeBytes).toBe(512_000);
  });

  it('is null where the figures contradict each other, or there is no count of inodes', () => {
    expect(spaceOf({ ...stats, bfree: 2n ** 64n - 1n, bavail: 0n })).toMatchObject({
      usedBytes: null,
      availableBytes: null,
    });
    expect(spaceOf({ ...stats, files: 0n, ffree: 0n }).inodesUsedPercent).toBeNull();
    expect(spaceOf({ ...stats, files: 5n, ffree: 9n }).inodesUsedPercent).toBeNull();
  });
});

describe('the file systems of another machine', () => {
  it('have the space that is found below its /', async () => {
    const there = machine(line(1, '8:1', '/'), line(2, '8:2', '/data'), line(3, '8:3', '/gone'));
    mkdirSync(join(there.rootfsPath, 'data'), { recursive: true });
    const mounts = await mountsOf(there);
    expect(mounts.map((row) => [row.mount, row.sizeBytes === null])).toEqual([
      ['/', false],
      ['/data', false],
      ['/gone', true],
    ]);
    const { blocks, bsize } = statfsSync(folder);
    expect(mounts[0]?.sizeBytes).toBe(blocks * bsize);
  });

  it('are not known by files that an engine has bound', async () => {
    const there = machine(
      line(1, '0:50', '/'),
      line(2, '8:1', '/etc/hosts', '/containers/7/hosts'),
      line(3, '8:1', '/etc/hostname', '/containers/7/hostname'),
      line(4, '8:1', '/var/lib/database/files', '/volumes/database'),
      line(5, '8:2', '/etc/localtime', '/zone'),
    );
    mkdirSync(join(there.rootfsPath, 'var/lib/database/files'), { recursive: true });
    mkdirSync(join(there.rootfsPath, 'etc'));
    for (const file of ['hosts', 'hostname', 'localtime']) {
      writeFileSync(join(there.rootfsPath, 'etc', file), '');
    }
    const reading = filesystemCollector(there);
    for (let times = 0; times < 2; times++) {
      const sample = await reading.collect(signal);
      expect(sample?.mounts.map((row) => [row.mount, row.sizeBytes === null])).toEqual([
        ['/', false],
        ['/var/lib/database/files', false],
      ]);
    }
  });

  it('are found by the bytes of their names, whatever these are', async () => {
    const there = machine(line(1, '8:1', '/\xff\x01'));
    mkdirSync(there.rootfsPath);
    mkdirSync(
      Buffer.from(`${there.rootfsPath}/\xff\x01`, 'latin1').subarray(0, there.rootfsPath.length + 1 + 2),
    );
    expect(await mountsOf(there)).toMatchObject([{ mount: '/\ufffd\ufffd', sizeBytes: expect.any(Number) }]);
  });

  it('leave out what has no size', async () => {
    const ask = async (path: Buffer) => (path.includes('odd') ? { ...space, sizeBytes: 0 } : space);
    const there = machine(line(1, '8:1', '/'), line(2, '8:2', '/odd'));
    expect(await mountsOf({ ...there, ask })).toMatchObject([{ mount: '/', ...space }]);
  });

  it('are as they are now', async () => {
    const there = machine(line(1, '8:1', '/'));
    const reading = filesystemCollector({ ...there, ask: async () => space });
    const points = async () => (await reading.collect(signal))?.mounts.map(({ mount }) => mount);
    expect(await points()).toEqual(['/']);
    machine(line(1, '8:1', '/'), line(2, '8:2', '/new'));
    expect(await points()).toEqual(['/', '/new']);
  });

  it('are null while one is dead, and the rest is not', async () => {
    const there = machine(line(1, '8:1', '/'), line(2, '8:2', '/dead'));
    const ask = (path: Buffer) =>
      path.includes('dead') ? new Promise<never>(() => {}) : Promise.resolve(space);
    expect(await mountsOf({ ...there, ask, deadlineMs: 20 })).toMatchObject([
      { mount: '/', usedBytes: 40 },
      { mount: '/dead', sizeBytes: null, usedBytes: null, availableBytes: null, inodesUsedPercent: null },
    ]);
  });

  it('are never queried where that would mount something', async () => {
    const autofs = (id: number, device: string, point: string) =>
      `${id} 2 ${device} / ${point} rw - autofs systemd-1 rw,direct\n`;
    const there = machine(
      line(2, '8:1', '/'),
      autofs(3, '0:30', '/waiting'),
      autofs(4, '0:31', '/mounted'),
      '5 4 0:40 / /mounted rw - nfs4 nas:/a rw\n',
      '6 2 0:41 / /elsewhere rw - nfs4 nas:/b rw\n',
      '7 6 0:42 / /elsewhere/below rw - nfs4 nas:/c rw\n',
    );
    // In this container one of them is still a point that waits.
    mkdirSync(join(folder, 'proc/self'));
    const own = line(20, '0:60', '/') + autofs(21, '0:32', join(folder, 'root/elsewhere'));
    writeFileSync(join(folder, 'proc/self/mountinfo'), own);
    const asked: string[] = [];
    const ask = async (path: Buffer) => {
      asked.push(path.toString());
      return space;
    };
    const mounts = await mountsOf({ ...there, ask });
    expect(mounts.map(({ mount, usedBytes }) => [mount, usedBytes])).toEqual([
      ['/', 40],
      ['/elsewhere', null],
      ['/elsewhere/below', null],
      ['/mounted', 40],
    ]);
    expect(asked).toEqual([join(folder, 'root/'), join(folder, 'root/mounted')]);
  });

  it('do not contain the password of a share that has one in its address', async () => {
    const there = machine('2 1 0:50 / /cloud rw - fuse.curlftpfs curlftpfs#ftp://ada:hunter2@files/ rw\n');
    expect((await mountsOf({ ...there, ask: async () => space }))[0]?.device).toBe(
      'curlftpfs#ftp://ada:***@files/',
    );
  });

  it.each([
    ['missing', null],
    ['empty', ''],
    ['binary', Uint8Array.from({ length: 5000 }, (_, index) => (index * 37) % 256)],
    ['gigantic', new Uint8Array(5 * 1024 * 1024)],
  ])('reject by name when their list is %s', async (_, content) => {
    const there = machine();
    const path = join(there.procPath, '1/mountinfo');
    if (content === null) rmSync(path);
    else writeFileSync(path, content);
    await expect(mountsOf(there)).rejects.toThrow(path);
  });
});

describe.runIf(process.platform === 'linux')('this machine', () => {
  it('has the file systems that df has', async () => {
    const theirs = new Map(
      execFileSync('df', ['-B1', '--output=target,size,used,avail,ipcent'], { encoding: 'utf8' })
        .split('\n')
        .slice(1)
        .map((row) => row.trim().split(/\s+/))
        .map(([target, ...figures]) => [target, figures.map(Number.parseFloat)]),
    );
    const ours = await mountsOf({ procPath: '/proc' });
    expect(ours.map(({ mount }) => mount)).toContain('/');
    const spareBytes = 512 * 1024 * 1024;
    for (const { mount, sizeBytes, usedBytes, availableBytes, inodesUsedPercent } of ours) {
      const [size, used, available, inodes] = theirs.get(mount) ?? [];
      if (size === undefined) continue;
      expect(sizeBytes).toBe(size);
      // Other programs write between the two looks.
      expect(Math.abs((usedBytes ?? Number.NaN) - (used ?? Number.NaN))).toBeLessThan(spareBytes);
      expect(Math.abs((availableBytes ?? Number.NaN) - (available ?? Number.NaN))).toBeLessThan(spareBytes);
      // df rounds up.
      if (Number.isFinite(inodes))
        expect(Math.abs((inodesUsedPercent ?? 99) - (inodes ?? 0))).toBeLessThan(2);
    }
    expect(theirs.has('/')).toBe(true);
  });

  it('seen from a container is what is mounted below the folder with its /', () => {
    const { mounts, pathOf } = openMounts('/proc', '/dev')();
    const root = mounts.find(({ mountPoint }) => mountPoint === '/');
    expect(root && pathOf(root)?.toString()).toBe('/dev/');
    expect(mounts.every(({ mountPoint }) => !mountPoint.startsWith('/dev'))).toBe(true);
    expect(mounts.map(({ mountPoint }) => mountPoint)).toContain('/pts');
  });
});
