import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { Stop } from './project.mjs';

/** File systems that the kernel makes up, by their magic numbers (statfs(2)); nobody keeps files in them. */
const madeUp = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x1cd1, 'devpts'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x62656570, 'configfs'],
  [0x73636673, 'securityfs'],
  [0xcafe4a11, 'bpf'],
  [0xde5e81e4, 'efivarfs'],
  [0xf97cff8c, 'selinuxfs'],
]);

/**
 * Throws a one-line `Stop` where the data directory is or would be in a file system of the kernel's: there Node.js tries
 * to make a folder for ever (nodejs/node, `mkdir` with `recursive` on /proc).
 */
export function requireRealFolder(dataDir) {
  const parent = nearestExisting(dataDir);
  let kind;
  try {
    kind = madeUp.get(statfsSync(parent).type >>> 0);
  } catch {
    return;
  }
  if (kind === undefined) return;
  throw new Stop(
    `HOSTBEAT_DATA_DIR: ${dataDir} is in ${parent}, a file system of the kernel's (${kind}) that keeps no files; choose another directory`,
  );
}

function nearestExisting(folder) {
  const parent = path.dirname(folder);
  return existsSync(folder) || parent === folder ? folder : nearestExisting(parent);
}
