import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readBrief } from './pseudo-file';

/** Where a machine's pseudo file systems are mounted. */
export interface LinuxRoots {
  readonly procPath: string;
  readonly sysPath: string;
  /** Where the machine's `/` is mounted; `/` for this one. */
  readonly rootfsPath?: string | undefined;
}

/**
 * Where the files of the monitored machine are; `null` when they are out of reach: with another machine's procfs but not
 * its root, this machine's files would give wrong users and sessions.
 */
export function rootfsOf({ procPath, rootfsPath = '/' }: Omit<LinuxRoots, 'sysPath'>): string | null {
  return resolve(rootfsPath) === '/' && resolve(procPath) !== '/proc' ? null : rootfsPath;
}

/**
 * Whether the first process of a procfs can be read. Under `hidepid` only own processes can: then the list of
 * processes is a part, and what stands below `self` is of this process, in its own container, not of that machine.
 */
export const seesFirstProcess = (procPath: string): boolean => readBrief(join(procPath, '1/stat')) !== null;

/** Whether this is another machine's procfs of which only own processes can be seen. */
export const isHidden = (procPath: string): boolean =>
  resolve(procPath) !== '/proc' && existsSync(procPath) && !seesFirstProcess(procPath);

/** What to do about it. */
export const hiddenNote = (what: string, procPath: string): string =>
  `${what}: process 1 of ${procPath} cannot be seen; mount that procfs with hidepid=0, or with gid= a group that Hostbeat is in`;
