import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { isOnReadOnlyFileSystem } from '@/lib/server/storage/fault';
import type { Ownership } from '@/lib/server/storage/ownership';
import { keepCopy } from '@/lib/server/storage/set-aside';
import { type OnSetAside, SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import type { NotificationTables, StoredNotifications } from './notification-tables';

export interface NotificationStoreOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Takes up what a database holds, once: at the start, or when it can be opened at last. */
  readonly adopt: (kept: StoredNotifications) => void;
  /** All that is to be kept, for a database that missed something. */
  readonly everything: () => StoredNotifications;
  /** Told when a database was set aside, and under which name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** One line each time that what is wrong changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
}

/** What notifications keep on disk. Nothing here throws: a fault becomes `problem`, and is tried again by itself. */
export interface NotificationStore {
  readonly problem: string | null;
  /** What was lost and cannot be had again, a line each. */
  readonly defects: readonly string[];
  /** Whether it is on disk. What is not is written with all else as soon as anything can be. */
  write(work: (store: NotificationTables) => void): boolean;
  /** The same for what a person does: in the database itself, and whoever asks gives up what cannot be kept. */
  change(work: (store: NotificationTables) => void): boolean;
  /** Channels that were lost are there again, or are not missed. */
  forgetLoss(): void;
  close(): void;
}

export async function openNotificationStore(options: NotificationStoreOptions): Promise<NotificationStore> {
  const { clock, adopt, everything, onSetAside, onReport } = options;
  const path = join(options.dataDir, 'notify.db');
  let defects: string[] = [];

  // Where libsql has no build for this machine, channels still work, from memory.
  const sqlite = await Promise.all([
    import('./notification-tables'),
    import('@/lib/server/storage/ownership'),
  ]).catch((cause: unknown) => cause as Error);
  /** Two processes on one database would deliver everything twice. */
  let ownership: Ownership | null = null;

  function open(at: string): NotificationTables {
    if (sqlite instanceof Error) throw sqlite;
    const [{ openNotificationTables }, { takeOwnership }] = sqlite;
    if (!ownership?.isCurrent()) {
      ownership?.release();
      ownership = null;
      ownership = own(takeOwnership);
    }
    return openNotificationTables(at);
  }

  /** Where nothing can be written, no other process delivers. Throws. */
  function own(takeOwnership: (lockPath: string) => Ownership): Ownership | null {
    const lockPath = `${path}.lock`;
    try {
      return takeOwnership(lockPath);
    } catch (error) {
      if (isOnReadOnlyFileSystem(lockPath)) return null;
      throw error;
    }
  }

  const database = new SupervisedDatabase<NotificationTables>({
    path,
    holds: 'the channels are',
    open,
    adopt(store) {
      const { unreadable, ...found } = store.load();
      if (unreadable > 0) {
        const name = keepCopy(path, new Date(clock.wallMs()), store.snapshot);
        defects = [
          ...defects,
          `${unreadable} of what ${path} held cannot be read and was left out; it is in ${name}`,
        ];
      }
      adopt(found);
      return unreadable > 0;
    },
    refresh: (store) => store.replaceAll(everything()),
    onSetAside,
    onReport,
    clock,
  });

  return {
    get problem() {
      return database.problem;
    },
    get defects() {
      return database.loss === null ? defects : [...defects, database.loss];
    },
    write: (work) => database.write(work),
    change: (work) => database.change(work),
    forgetLoss() {
      defects = [];
      database.forgetLoss();
    },
    close() {
      database.close();
      ownership?.release();
    },
  };
}
