import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { faultOf } from '@/lib/sqlite/fault';
import { setAside } from '@/lib/sqlite/set-aside';
import type { AlertTables, Changes, Kept } from './alert-tables';

export interface AlertStoreOptions {
  readonly dataDir: string;
  /** Nothing is opened before: the data directory may be another process's. */
  readonly mayOpen: () => boolean;
  /** Takes up what a database holds, once: at the start, or when it can be opened at last. */
  readonly adopt: (kept: Kept) => void;
  /** All that is to be kept, for a database that has to start from it. */
  readonly everything: () => Kept;
  /** Told when a corrupt database was set aside, and under which name. */
  readonly onSetAside?: ((path: string, reason: string) => void) | undefined;
}

/** What alerts keep on disk. Nothing here throws: a fault becomes `problem`, and each write tries again. */
export interface AlertStore {
  readonly problem: string | null;
  /** Opens what is not open, and adopts it. Whether it is open. */
  open(): boolean;
  /** Whether it is on disk. What is not is written with all else as soon as anything can be. */
  write(changes: Changes): boolean;
  close(): void;
}

export async function openAlertStore({
  dataDir,
  mayOpen,
  adopt,
  everything,
  onSetAside,
}: AlertStoreOptions): Promise<AlertStore> {
  const path = join(dataDir, 'alerts.db');
  let openTables: ((path: string) => AlertTables) | null = null;
  let tables: AlertTables | null = null;
  let inode = 0;
  let problem: string | null = null;
  let isAdopted = false;
  /** Whether the database lacks what only memory has. */
  let isBehind = false;

  function fail(error: unknown): void {
    const fault = faultOf(error);
    problem = `${path}: ${fault.words}`;
    isBehind = true;
    if (!fault.isCorrupt) return;
    release();
    try {
      const name = setAside(path, new Date());
      problem = null;
      onSetAside?.(name, fault.words);
    } catch (cause) {
      problem += `, and it cannot be set aside: ${faultOf(cause).words}`;
    }
  }

  function release(): void {
    try {
      tables?.close();
    } catch {
      // It is being given up; what it says about that changes nothing.
    }
    tables = null;
  }

  function open(): boolean {
    if (tables && hasVanished()) {
      release();
      isBehind = true;
    }
    if (!openTables || !(tables || mayOpen())) return tables !== null;
    // Twice: the first may find a corrupt database, which is then set aside.
    for (let tries = 0; tries < 2 && !tables; tries += 1) {
      try {
        tables = openTables(path);
        inode = statSync(path).ino;
        if (!isAdopted) adopt(tables.read());
        isAdopted = true;
        problem = null;
      } catch (error) {
        fail(error);
        release();
        if (problem !== null) break;
      }
    }
    return tables !== null;
  }

  function hasVanished(): boolean {
    try {
      return !existsSync(path) || statSync(path).ino !== inode;
    } catch {
      return false;
    }
  }

  try {
    // Where libsql has no build for this machine, alerts still work, from memory.
    ({ openAlertTables: openTables } = await import('./alert-tables'));
    open();
  } catch (error) {
    fail(error);
  }

  function writeOnce(changes: Changes): boolean {
    const wasAdopted = isAdopted;
    if (!open() || !tables) return false;
    try {
      // What has just been adopted may differ from what the changes were made of.
      const all = isBehind || !wasAdopted;
      tables.write(
        all ? { ...everything(), ...(wasAdopted ? changes : {}), alerts: everything().alerts } : changes,
      );
      isBehind = false;
      problem = null;
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  return {
    get problem() {
      return problem;
    },
    open,
    // Twice: the first may find that the database is corrupt, and it is set aside then.
    write: (changes) => writeOnce(changes) || (problem === null && mayOpen() && writeOnce(changes)),
    close: release,
  };
}
