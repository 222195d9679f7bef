import { join } from 'node:path';
import { faultOf } from '@/lib/sqlite/fault';
import { setAside } from '@/lib/sqlite/set-aside';
import type { Clock } from './clock';
import type { Kept, NotifyStore } from './notify-store';

export interface KeeperOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Takes up what a database holds, once: at the start, or when it can be opened at last. */
  readonly adopt: (kept: Kept) => void;
  /** All that is to be kept, for a database that missed something. */
  readonly everything: () => Kept;
  /** Told when a corrupt database was set aside, and under which name. */
  readonly onSetAside?: ((path: string, reason: string) => void) | undefined;
}

/** What notifications keep on disk. Nothing here throws: a fault becomes `problem`, and is tried again by itself. */
export interface Keeper {
  readonly problem: string | null;
  /** Whether it is on disk. What is not is written with all else as soon as anything can be. */
  manage(work: (store: NotifyStore) => void): boolean;
  /** Channels that were lost are there again, or are not missed. */
  forgetLoss(): void;
  close(): void;
}

const healEveryMs = 10_000;

export async function openKeeper(options: KeeperOptions): Promise<Keeper> {
  const { clock, adopt, everything, onSetAside } = options;
  const path = join(options.dataDir, 'notify.db');
  let openStore: ((path: string) => NotifyStore) | null = null;
  let store: NotifyStore | null = null;
  /** Whether memory has what the database had: before, it must not be written over. */
  let isAdopted = false;
  let isBehind = false;
  let problem: string | null = null;
  let lost: string | null = null;
  let callOffHeal: (() => void) | null = null;
  let isClosed = false;

  function fail(error: unknown): void {
    const fault = faultOf(error);
    problem = `${path}: ${fault.words}`;
    isBehind = true;
    callOffHeal ??= clock.after(healEveryMs, heal);
    if (!fault.isCorrupt) return;
    release();
    try {
      const name = setAside(path, new Date(clock.now()));
      onSetAside?.(name, fault.words);
      if (!isAdopted) lost = `the channels are lost: ${path} was ${fault.words}, and is now ${name}`;
      isAdopted = true;
    } catch (cause) {
      problem += `, and it cannot be set aside: ${faultOf(cause).words}`;
    }
  }

  function release(): void {
    try {
      store?.close();
    } catch {
      // It is being given up; what it says about that changes nothing.
    }
    store = null;
  }

  /** Opens what is closed, and writes what is missing. Throws. */
  function ready(): NotifyStore {
    if (!openStore) throw new Error('this machine has no SQLite');
    store ??= openStore(path);
    if (!isAdopted) {
      const found = store.load();
      isAdopted = true;
      // First: what is adopted may write at once.
      isBehind = false;
      adopt(found);
    }
    if (isBehind) store.replaceAll(everything());
    isBehind = false;
    problem = null;
    return store;
  }

  function manage(work: (open: NotifyStore) => void): boolean {
    // Twice: the first may find a corrupt database, which is then set aside.
    for (let tries = 0; tries < 2; tries += 1) {
      try {
        work(ready());
        return true;
      } catch (error) {
        fail(error);
        if (store) return false;
      }
    }
    return false;
  }

  function heal(): void {
    callOffHeal = null;
    if (!isClosed) manage(() => {});
  }

  try {
    // Where libsql has no build for this machine, channels still work, from memory.
    ({ openNotifyStore: openStore } = await import('./notify-store'));
    manage(() => {});
  } catch (error) {
    fail(error);
  }

  return {
    get problem() {
      return problem ?? lost;
    },
    manage,
    forgetLoss() {
      lost = null;
    },
    close() {
      isClosed = true;
      callOffHeal?.();
      release();
    },
  };
}
