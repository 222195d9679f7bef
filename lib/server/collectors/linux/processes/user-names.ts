import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { shownName } from '../procfs/kernel-text';
import { readHead } from '../procfs/pseudo-file';

const refreshMs = 60_000;
const passwdBytesMax = 1024 * 1024;

/** User names by number, from `passwd` (man passwd(5)). The first of two lines with one number counts. */
export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , uid = ''] = line.split(':', 3);
    if (name === '' || !/^\d{1,10}$/.test(uid) || names.has(Number(uid))) continue;
    names.set(Number(uid), shownName(name, 64));
  }
  return names;
}

export interface UserNames {
  /** A user's name, or the number where it has none there, as `ps` shows one of a directory service. */
  nameOf(uid: number): string;
  /** Reads the names again if it is time to. */
  refresh(): Promise<void>;
}

/** The names of the machine whose files are at `rootfsPath`; where that is `null`, none is known. */
export function openUserNames(rootfsPath: string | null, clock: Clock): UserNames {
  let names = new Map<number, string>();
  let dueAtMs = rootfsPath === null ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return {
    nameOf: (uid) => names.get(uid) ?? String(uid),
    async refresh() {
      if (rootfsPath === null || clock.monotonicMs() < dueAtMs) return;
      dueAtMs = clock.monotonicMs() + refreshMs;
      const text = await readHead(join(rootfsPath, 'etc/passwd'), passwdBytesMax);
      if (text !== null) names = parsePasswd(text);
    },
  };
}
