import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastCpuMs } from '../../../../../bench/cost.mjs';
import { type Mount, parseMountinfo } from './mountinfo';
import { realMounts } from './real-mounts';

describe('mountinfo', () => {
  it('has its fields, however many optional ones there are', () => {
    const rest = '8:1 /part /mnt\\040a\\134b ro,noatime';
    const mount = {
      id: 36,
      parent: 35,
      device: '8:1',
      root: '/part',
      mountPoint: '/mnt a\\b',
      type: 'ext3',
      source: '/dev/root',
      readOnly: true,
    };
    expect(
      parseMountinfo(
        `36 35 ${rest} - ext3 /dev/root rw\n36 35 ${rest} master:1 propagate_from:2 - ext3 /dev/root rw\n`,
      ),
    ).toEqual([mount, mount]);
  });

  it.each([
    ['rw,relatime', 'rw', false],
    ['rw,relatime', 'ro,errors=remount-ro', true],
    ['ro', 'rw', true],
    ['rw', 'rw,errors=remount-ro', false],
  ])('is read-only by either option: %s and %s', (options, superOptions, readOnly) => {
    const [mount] = parseMountinfo(`1 0 8:1 / / ${options} - ext4 /dev/sda1 ${superOptions}\n`);
    expect(mount?.readOnly).toBe(readOnly);
  });

  it('leaves out what is no line, or was cut off', () => {
    expect(parseMountinfo('')).toEqual([]);
    expect(parseMountinfo('\0\xff\n1 2 3\n36 35 8:1 / / rw - ext3 /dev/root r')).toEqual([]);
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        for (const { mountPoint } of parseMountinfo(text)) expect(mountPoint).not.toBe('');
      }),
    );
  });

  it('of a line without an end costs no more than its length', async () => {
    const line = (fields: number) => `1 0 8:1 / / rw ${'x '.repeat(fields)}\n`;
    const [short, long] = [line(10_000), line(160_000)];
    const costs = {
      short: await leastCpuMs(() => parseMountinfo(short)),
      long: await leastCpuMs(() => parseMountinfo(long)),
    };
    // Of a cost that grows with the length it is 16, of one that grows with its square 256.
    expect(costs.long / costs.short, JSON.stringify(costs)).toBeLessThan(64);
  });
});

describe('real mounts', () => {
  let nextId = 100;
  const mount = (mountPoint: string, fields: Partial<Mount> = {}): Mount => ({
    id: nextId++,
    parent: 1,
    device: `8:${nextId}`,
    root: '/',
    mountPoint,
    type: 'ext4',
    source: '/dev/sda1',
    readOnly: false,
    ...fields,
  });
  const root = mount('/', { id: 1, parent: 0, device: '8:0' });
  const points = (...mounts: Mount[]) => realMounts([root, ...mounts]).map(({ mountPoint }) => mountPoint);

  it('leave out what the kernel made up, images, and the layers of containers', () => {
    const unreal = ['proc', 'tmpfs', 'cgroup2', 'autofs', 'squashfs', 'overlay', 'fuse.portal', 'nsfs'];
    const real = ['xfs', 'btrfs', 'zfs', 'nfs4', 'cifs', 'fuse.sshfs', 'fuseblk', 'vfat', 'unheard-of'];
    expect(points(...[...unreal, ...real].map((type) => mount(`/${type}`, { type })))).toEqual(
      ['/', ...real.map((type) => `/${type}`)].sort(),
    );
  });

  const hash = 'f188bf6e0c1d2b3a4958677685940312f188bf6e0c1d2b3a4958677685940312';
  it.each([
    ['fuse.fuse-overlayfs', '/var/lib/containers/storage/overlay/3f5a/merged'],
    ['fuse.fuse-overlayfs', '/home/ada/.local/share/containers/storage/overlay/3f5a/merged'],
    ['fuse.fuse-overlayfs', '/var/lib/docker/fuse-overlayfs/9be1/merged'],
    ['zfs', `/var/lib/docker/zfs/graph/${hash}`],
    ['zfs', `/mnt/ssd/docker/zfs/graph/${hash}-init`],
    ['btrfs', `/var/lib/docker/btrfs/subvolumes/${hash}`],
    ['xfs', `/var/lib/docker/devicemapper/mnt/${hash}/rootfs`],
    ['zfs', `/var/lib/containers/storage/zfs/graph/${hash}`],
    ['ext4', '/run/containerd/io.containerd.runtime.v2.task/k8s.io/web/rootfs'],
    ['zfs', '/var/lib/containerd/io.containerd.snapshotter.v1.zfs/snapshots/12'],
    ['zfs', '/var/snap/lxd/common/lxd/storage-pools/default/containers/web'],
    ['fuse.vmware-vmblock', '/run/vmblock-fuse'],
    ['fuse', '/etc/pve'],
    ['9p', '/usr/lib/wsl/drivers'],
    ['fuse.Editor.AppImage', '/tmp/.mount_EditorXyZ'],
    ['fuse.editor', '/tmp/.mount_editorAbCdEf'],
    ['fuse.squashfuse', '/tmp/image'],
    ['fuse.archivemount', '/home/ada/archive'],
    ['composefs', '/run/image'],
    ['fuse.xrdp-chansrv', '/home/ada/thinclient_drives'],
    ['zfs', `/var/lib/docker/rootfs/zfs/${hash}`],
    ['btrfs', '/var/lib/docker/buildkit/executor/abc/rootfs'],
    ['fuse.rawBridge', '/var/lib/containerd-stargz-grpc/snapshotter/snapshots/3/fs'],
  ])('leave out a part of something else: %s at %s', (type, mountPoint) => {
    expect(points(mount(mountPoint, { type }))).toEqual(['/']);
  });

  it('leave out a snapshot that is being accessed', () => {
    const snapshot = { type: 'zfs', source: 'tank/home@monday' };
    expect(points(mount('/tank/home/.zfs/snapshot/monday', snapshot))).toEqual(['/']);
  });

  it.each([
    ['ext4', '/var/lib/docker'],
    ['zfs', '/var/lib/docker/zfs'],
    ['xfs', '/var/lib/containers/storage'],
    ['nfs4', '/var/lib/docker/volumes/media/_data'],
    ['zfs', '/tank/overlay'],
    ['zfs', '/var/snap/lxd/common/lxd/storage-pools/default/custom/media'],
    ['fuse.mergerfs', '/srv/pool'],
    ['fuse', '/mnt/backup'],
    ['fuse.rclone', '/mnt/cloud'],
    ['fuse.gocryptfs', '/home/ada/private'],
    ['xfs', '/var/lib/docker/rootfs'],
    ['nfs4', '/var/lib/kubelet/pods/1/volumes/kubernetes.io~nfs/media'],
  ])('keep a disk, a volume or a share: %s at %s', (type, mountPoint) => {
    expect(points(mount(mountPoint, { type }))).toEqual(['/', mountPoint]);
  });

  it.each(['overlay', 'tmpfs', 'squashfs'])('have a / of whatever kind: %s', (type) => {
    expect(realMounts([{ ...root, type }])).toHaveLength(1);
  });

  it('have each file system once: at /, else whole, else at the shortest path', () => {
    const pool = { device: '0:30', type: 'btrfs' };
    expect(
      points(mount('/srv/www', { device: '8:7', root: '/www' }), mount('/data', { device: '8:7' })),
    ).toEqual(['/', '/data']);
    expect(
      points(mount('/mnt/long', { ...pool, root: '/@a' }), mount('/b', { ...pool, root: '/@b' })),
    ).toEqual(['/', '/b']);
    expect(points(mount('/rootfs', { device: '8:0' }))).toEqual(['/']);
  });

  it('leave out what is covered, and keep what covers', () => {
    const below = mount('/mnt', { source: 'below' });
    const onTop = mount('/mnt', { source: 'on top', parent: below.id });
    expect(realMounts([root, below, onTop]).map(({ source }) => source)).toEqual(['/dev/sda1', 'on top']);

    const deep = mount('/a/b', { source: 'deep' });
    const above = mount('/a', { source: 'above' });
    expect(realMounts([root, deep, above]).map(({ source }) => source)).toEqual(['/dev/sda1', 'above']);
    const deeper = mount('/a/b/c', { source: 'deeper', parent: above.id });
    expect(points(above, deeper)).toEqual(['/', '/a', '/a/b/c']);
  });

  it('survive parents that go round in a circle', () => {
    const first = mount('/x', { id: 8, parent: 9 });
    const second = mount('/y', { id: 9, parent: 8 });
    expect(realMounts([first, second])).toHaveLength(2);
  });
});
