import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { isOnReadOnlyFileSystem } from '@/lib/server/storage/fault';
import { MirroredDatabase } from '@/lib/server/storage/mirrored-database';
import type { Ownership } from '@/lib/server/storage/ownership';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import type { NotificationTables, StoredNotifications } from './notification-tables';

export interface NotificationStoreOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Takes over what a database holds, once: at the start, or when it can first be opened. */
  readonly adopt: (stored: StoredNotifications) => void;
  /** All that memory has, for a new database or after a fault. */
  readonly everything: () => StoredNotifications;
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
}

/** Channels and dead letters on disk. Nothing here throws: a fault becomes `problem` and is retried. */
export interface NotificationStore {
  readonly problem: string | null;
  /** What was lost for good, a line each. */
  readonly defects: readonly string[];
  /** Whether it was written; otherwise it is part of `everything` once the database can be written again. */
  write(work: (store: NotificationTables) => void): boolean;
  /** The same for a user's change, which is in the database itself after `true`, and which the caller drops after `false`. */
  change(work: (store: NotificationTables) => void): boolean;
  /** Losses are no longer reported: the user has since added a channel. */
  forgetLoss(): void;
  close(): void;
}

export async function openNotificationStore(options: NotificationStoreOptions): Promise<NotificationStore> {
  const { clock, adopt, everything, onSetAside, onReport } = options;
  const path = join(options.dataDir, 'notify.db');

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

  const database = new MirroredDatabase<NotificationTables, StoredNotifications>({
    path,
    holds: 'the channels are',
    open,
    read: (store) => store.load(),
    adopt(stored) {
      adopt(stored);
      return false;
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
      return database.defects;
    },
    write: (work) => database.write(work),
    change: (work) => database.change(work),
    forgetLoss: () => database.forgetLoss(),
    close() {
      database.close();
      ownership?.release();
    },
  };
}
