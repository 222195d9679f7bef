import { existsSync } from 'node:fs';
import path from 'node:path';
import { installByApt, unpackByApt } from './apt.mjs';
import { inProject, say } from './project.mjs';

/**
 * What some unit tests compare Hostbeat's figures with, and Debian's package of each. One that is a service is only
 * unpacked: installed, it would start and listen on this machine.
 */
const programs = [
  { name: 'vmstat', packageName: 'procps' },
  { name: 'free', packageName: 'procps' },
  { name: 'iostat', packageName: 'sysstat' },
  { name: 'prometheus-node-exporter', packageName: 'prometheus-node-exporter', isService: true },
];
const unpacked = inProject('.hostbeat', 'test-programs');

/** Folders in which the tests look for programs: those of the PATH, administrators', and what was unpacked here. */
const foldersOf = (env) => [
  ...(env.PATH ?? '').split(':'),
  '/usr/sbin',
  '/sbin',
  path.join(unpacked, 'usr', 'bin'),
];

/**
 * Makes sure of the programs that tests compare with. Where one cannot be had, its tests are skipped.
 * @param {{ platform?: NodeJS.Platform, env?: Record<string, string | undefined>,
 *   folders?: readonly string[],
 *   install?: (names: readonly string[], say: (line: string) => void) => Promise<void>,
 *   unpack?: (name: string, folder: string) => Promise<void> }} [system]
 * @returns {Promise<{ path: string, missing: string[] }>} the PATH that has them, and a line for each that is missing
 */
export async function ensureTestPrograms({
  platform = process.platform,
  env = process.env,
  folders = foldersOf(env),
  install = installByApt,
  unpack = unpackByApt,
} = {}) {
  if (platform !== 'linux') return { path: env.PATH ?? '', missing: [] };
  const missing = () =>
    programs.filter(({ name }) => !folders.some((folder) => folder && existsSync(path.join(folder, name))));
  const toInstall = new Set(
    missing().flatMap(({ isService, packageName }) => (isService ? [] : packageName)),
  );
  if (toInstall.size > 0) await install([...toInstall], say);
  for (const { packageName, isService } of missing()) if (isService) await unpack(packageName, unpacked);
  return {
    path: folders.filter(Boolean).join(':'),
    missing: missing().map(
      ({ name, packageName }) =>
        `${name} is missing and apt-get could not bring it: its tests are skipped; install ${packageName} by hand`,
    ),
  };
}
