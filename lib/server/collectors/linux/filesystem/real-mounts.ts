import type { Mount } from './mountinfo';

/**
 * The kernel's own, what lives in memory, what programs of the desktop show themselves, and what a hypervisor mounts for
 * its tools (`vmblock` of VMware, `pmxcfs` of Proxmox).
 */
const unreal = new Set(
  `autofs binder binfmt_misc bpf cgroup cgroup2 configfs cpuset debugfs devpts devtmpfs efivarfs functionfs fusectl
  fuse.cgmfs fuse.gvfs-fuse-daemon fuse.gvfsd-fuse fuse.kio-fuse fuse.lxcfs fuse.pmxcfs fuse.portal fuse.snapfuse
  fuse.vmware-vmblock fuse.xrdp-chansrv hugetlbfs mqueue nfsd nsfs proc pstore ramfs resctrl rootfs rpc_pipefs securityfs selinuxfs
  smackfs sysfs tmpfs tracefs usbfs vmblock xenfs`.split(/\s+/),
);
/** Images, full by their nature (snaps, live systems, AppImages), and the layers of containers. */
const layers = new Set(
  `aufs composefs cramfs erofs fuse.archivemount fuse.dwarfs fuse.erofsfuse fuse.fuse-archive fuse.fuse-overlayfs
  fuse.fuse-zip fuse.fuseiso fuse.mount-zip fuse.ratarmount fuse.revokefs-fuse fuse.rofiles-fuse
  fuse.squashfuse fuse.squashfuse_ll iso9660 overlay romfs shiftfs squashfs udf unionfs`.split(/\s+/),
);
/**
 * Where container engines keep layers and root file systems, whatever they are made with (ZFS datasets, btrfs, thin
 * volumes): below any data folder, since that can be moved. A disk mounted at such a folder itself is none, nor a volume.
 */
const layerPaths = [
  /\/(?:overlay2?|fuse-overlayfs)\/[^/]+\/(?:merged|diff)$/,
  /\/(?:zfs\/graph|btrfs\/subvolumes|devicemapper\/mnt|aufs\/(?:mnt|diff)|vfs\/dir)\/[^/]+/,
  /\/containers\/storage\/(?:overlay|overlay-containers|overlay-images|zfs|btrfs|devicemapper|vfs|aufs)\/[^/]+/,
  /\/containerd-(?:nydus|stargz)(?:-grpc)?\/(?:snapshotter\/)?snapshots\//,
  /\/(?:docker|balena-engine)\/rootfs\/[^/]+\/[^/]+/,
  /\/(?:docker\/buildkit|buildkit\/runc-[^/]+|buildkit\/containerd-[^/]+)\/executor\//,
  /\/io\.containerd\.(?:snapshotter|runtime)\.v\d\.[a-z0-9-]+\//,
  /\/(?:lxd|incus)\/storage-pools\/[^/]+\/(?:containers|images|virtual-machines)(?:-snapshots)?\//,
];
/** Windows' own in WSL, and the cluster's configuration on Proxmox, which its FUSE server gives no name of a type. */
const helperPaths = [/^\/usr\/lib\/wsl\//, /^\/mnt\/wslg?(?:\/|$)/, /^\/etc\/pve$/];
/** Where the AppImage runtime mounts an image, whatever its file, and so the type, is called. */
const appImagePath = /^\/tmp\/\.mount_[^/]+$/;

/** A mount that is a part of something else: an image, a container's layer, a snapshot, a hypervisor's helper. */
function isPart({ type, mountPoint, source }: Mount): boolean {
  if (unreal.has(type) || layers.has(type) || /^fuse\..*\.AppImage$/i.test(type)) return true;
  if (type.startsWith('fuse') && appImagePath.test(mountPoint)) return true;
  // A snapshot that is accessed is mounted by ZFS itself, with the size of the whole.
  if (type === 'zfs' && source.includes('@')) return true;
  return [...layerPaths, ...helperPaths].some((pattern) => pattern.test(mountPoint));
}

/**
 * The mounts that people mean by file systems: disks, network shares, FUSE, and whatever `/` is. Each file system
 * once, however often it is bound elsewhere. What another mount covers is out of reach, and left out.
 * `isLeftOut` is asked of each, before one is chosen.
 */
export function realMounts(
  mounts: readonly Mount[],
  isLeftOut: (mount: Mount) => boolean = () => false,
): readonly Mount[] {
  const isCovered = coverOf(mounts);
  const byDevice = new Map<string, Mount>();
  for (const mount of mounts) {
    const isRoot = mount.mountPoint === '/';
    if (!isRoot && isPart(mount)) continue;
    if (isLeftOut(mount) || isCovered(mount)) continue;
    const rival = byDevice.get(mount.device);
    if (!rival || isBetterKnown(mount, rival)) byDevice.set(mount.device, mount);
  }
  return [...byDevice.values()].sort((a, b) => (a.mountPoint < b.mountPoint ? -1 : 1));
}

/** `/` before all; then the whole file system before a part of it; then the shorter path. */
function isBetterKnown(mount: Mount, rival: Mount): boolean {
  if ((mount.mountPoint === '/') !== (rival.mountPoint === '/')) return mount.mountPoint === '/';
  if ((mount.root === '/') !== (rival.root === '/')) return mount.root === '/';
  return mount.mountPoint.length < rival.mountPoint.length;
}

/**
 * Whether a mount is hidden by another one that is at its point or above it. Those that it is mounted on, by the
 * chain of parents, are below it and hide nothing.
 */
function coverOf(mounts: readonly Mount[]): (mount: Mount) => boolean {
  const byId = new Map(mounts.map((mount) => [mount.id, mount]));
  const byPoint = new Map<string, Mount[]>();
  for (const mount of mounts) {
    const there = byPoint.get(mount.mountPoint);
    if (there) there.push(mount);
    else byPoint.set(mount.mountPoint, [mount]);
  }

  return (mount) => {
    const below = new Set<Mount>();
    for (let at: Mount | undefined = mount; at && !below.has(at); at = byId.get(at.parent)) below.add(at);
    return pathsUpFrom(mount.mountPoint).some((path) =>
      byPoint.get(path)?.some((other) => !below.has(other)),
    );
  };
}

/** `/a/b` gives `/a/b`, `/a` and `/`. */
function pathsUpFrom(path: string): readonly string[] {
  const paths: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) paths.push(path.slice(0, end));
  if (path !== '/') paths.push('/');
  return paths;
}
