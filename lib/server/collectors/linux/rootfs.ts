import { resolve } from 'node:path';
import type { LinuxRoots } from './cpu/cpu-collector';

/**
 * Where the files of the watched machine are; `null` when they are out of reach: another machine's procfs without
 * its root, whose users and sessions this machine's files would get wrong.
 */
export function rootfsOf({ procPath, rootfsPath = '/' }: Omit<LinuxRoots, 'sysPath'>): string | null {
  return resolve(rootfsPath) === '/' && resolve(procPath) !== '/proc' ? null : rootfsPath;
}
