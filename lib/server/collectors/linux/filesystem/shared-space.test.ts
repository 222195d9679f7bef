import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesystemCollector } from './filesystem-collector';
import type { Space } from './mount-space';

const { signal } = new AbortController();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Line {
  readonly type: string;
  readonly source: string;
  readonly mount: string;
  readonly usedBytes?: number;
  readonly device?: string;
}

/** The pool of each mount, as the whole reading tells it. */
async function poolsOf(lines: readonly Line[]): Promise<readonly (string | null | undefined)[]> {
  const text = lines.map(
    ({ type, source, mount, device }, index) =>
      `${index + 10} ${index === 0 ? 1 : 10} ${device ?? `253:${index}`} / ${mount} rw - ${type} ${source} rw\n`,
  );
  mkdirSync(join(folder, 'proc/1'), { recursive: true });
  writeFileSync(join(folder, 'proc/1/mountinfo'), text.join(''), 'latin1');
  const ask = async (path: Buffer): Promise<Space> => {
    const line = lines.find(({ mount }) => path.toString('latin1').endsWith(mount));
    return { sizeBytes: 100, usedBytes: line?.usedBytes ?? 40, availableBytes: 60, inodesUsedPercent: null };
  };
  const sample = await filesystemCollector({
    procPath: join(folder, 'proc'),
    sysPath: join(folder, 'sys'),
    rootfsPath: join(folder, 'root'),
    ask,
  }).collect(signal);
  return lines.map((line) => sample?.mounts.find(({ mount }) => mount === line.mount)?.pool);
}

describe('the space that mounts share', () => {
  it('is the pool of ZFS datasets, whatever each has used', async () => {
    expect(
      await poolsOf([
        { type: 'zfs', source: 'tank', mount: '/tank', usedBytes: 1 },
        { type: 'zfs', source: 'tank/backup/pc00', mount: '/tank/backup/pc00' },
        { type: 'zfs', source: 'tank/backup/pc01', mount: '/tank/backup/pc01', usedBytes: 3 },
        { type: 'zfs', source: 'rpool/ROOT', mount: '/other' },
      ]),
    ).toEqual(['tank', 'tank', 'tank', null]);
  });

  it('is the device of btrfs, also where its mounts name another one of several', async () => {
    expect(
      await poolsOf([
        { type: 'btrfs', source: '/dev/sda1', mount: '/a' },
        { type: 'btrfs', source: '/dev/sda1', mount: '/b', usedBytes: 41 },
        { type: 'btrfs', source: '/dev/sdb1', mount: '/c' },
        { type: 'btrfs', source: '/dev/sdz1', mount: '/z', usedBytes: 7 },
      ]),
    ).toEqual(['/dev/sda1', '/dev/sda1', '/dev/sda1', null]);
  });

  it('is the server whose shares have the same size and the same free space', async () => {
    expect(
      await poolsOf([
        { type: 'nfs4', source: 'nas:/srv/media', mount: '/media' },
        { type: 'nfs4', source: 'nas:/srv/photos', mount: '/photos' },
        { type: 'nfs4', source: 'nas:/srv/other', mount: '/otherdisk', usedBytes: 9 },
        { type: 'nfs4', source: 'attic:/srv/media', mount: '/attic' },
        { type: 'cifs', source: '//NAS/home', mount: '/home' },
        { type: 'fuse.sshfs', source: 'ada@nas:/srv', mount: '/ssh' },
        { type: 'nfs', source: '[fd00::1]:/x', mount: '/six' },
        { type: 'nfs', source: '[fd00::1]:/y', mount: '/seven' },
      ]),
    ).toEqual(['nas', 'nas', null, null, 'nas', 'nas', '[fd00::1]', '[fd00::1]']);
  });

  it('is the server of a share by its address, also where that is a URL with a user', async () => {
    expect(
      await poolsOf([
        { type: 'fuse', source: 'https://cloud.example.org/dav/a', mount: '/a', device: '0:50' },
        { type: 'fuse', source: 'https://cloud.example.org/dav/b', mount: '/b', device: '0:51' },
        { type: 'davfs', source: 'https://ada@other.example.org/dav', mount: '/c', device: '0:52' },
        { type: 'fuse.rclone', source: 'gdrive:', mount: '/d', device: '0:53' },
        { type: 'fuse.rclone', source: 'gdrive:photos', mount: '/e', device: '0:54' },
      ]),
    ).toEqual(['cloud.example.org', 'cloud.example.org', null, 'gdrive', 'gdrive']);
  });

  it.each(['virtiofs', '9p', 'vboxsf', 'prl_fs'])(
    'is one where folders of the machine below are known by tags: %s',
    async (type) => {
      expect(
        await poolsOf([
          { type, source: 'media', mount: '/media', device: '0:50' },
          { type, source: 'photos', mount: '/photos', device: '0:51' },
          { type, source: 'other', mount: '/other', device: '0:52', usedBytes: 7 },
        ]),
      ).toEqual(['media', 'media', null]);
    },
  );

  it('is that of the disk which another file system is laid over', async () => {
    expect(
      await poolsOf([
        { type: 'fuse.gocryptfs', source: '/home/ada/.cipher', mount: '/a/private', device: '0:50' },
        { type: 'ecryptfs', source: '/home/.ecryptfs/bea', mount: '/b/home', device: '0:51' },
        { type: 'ext4', source: '/dev/sda1', mount: '/z', device: '8:1' },
        { type: 'ext4', source: '/dev/sdb1', mount: '/other', device: '8:17', usedBytes: 7 },
      ]),
    ).toEqual(['/dev/sda1', '/dev/sda1', '/dev/sda1', null]);
  });

  it.each([
    ['LVM-abc-vpool', 'vg-pool-vpool', 'vg-pool'],
    ['stratis-1-private-abc-thinpool-pool', 'stratis-1-pool', 'stratis-1-pool'],
    ['LVM-abc-tpool', 'vg-thin-tpool', 'vg-thin'],
  ])('is the pool that volumes are in below their encryption: %s', async (uuid, name, pool) => {
    const write = (path: string, text: string) => {
      mkdirSync(join(folder, 'sys', path, '..'), { recursive: true });
      writeFileSync(join(folder, 'sys', path), text);
    };
    for (const device of ['253:0', '253:1']) {
      write(`dev/block/${device}/slaves/dm-5/dm/uuid`, 'LVM-volume\n');
      write(`dev/block/${device}/slaves/dm-5/slaves/dm-9/dm/uuid`, `${uuid}\n`);
      write(`dev/block/${device}/slaves/dm-5/slaves/dm-9/dm/name`, `${name}\n`);
    }
    expect(
      await poolsOf([
        { type: 'ext4', source: '/dev/mapper/luks-a', mount: '/a' },
        { type: 'xfs', source: '/dev/vg/b', mount: '/b' },
        { type: 'ext4', source: '/dev/mapper/luks-c', mount: '/c' },
      ]),
    ).toEqual([pool, pool, null]);
  });

  it('is the thin pool that LVM volumes are in', async () => {
    for (const [device, uuid] of [
      ['253:0', 'LVM-abc-tpool'],
      ['253:1', 'LVM-abc-tpool'],
      ['253:2', 'LVM-def'],
    ] as const) {
      const dm = join(folder, 'sys/dev/block', device, 'slaves/dm-9/dm');
      mkdirSync(dm, { recursive: true });
      writeFileSync(join(dm, 'uuid'), `${uuid}\n`);
      writeFileSync(join(dm, 'name'), 'vg-thin-tpool\n');
    }
    expect(
      await poolsOf([
        { type: 'ext4', source: '/dev/mapper/vg-a', mount: '/a' },
        { type: 'xfs', source: '/dev/mapper/vg-b', mount: '/b' },
        { type: 'ext4', source: '/dev/mapper/vg-c', mount: '/c' },
      ]),
    ).toEqual(['vg-thin', 'vg-thin', null]);
  });

  it('is not shared between separate disks that happen to be equally full', async () => {
    expect(
      await poolsOf([
        { type: 'ext4', source: '/dev/sda1', mount: '/a' },
        { type: 'ext4', source: '/dev/sdb1', mount: '/b' },
      ]),
    ).toEqual([null, null]);
  });
});
