import { join } from 'node:path';
import { isOnReadOnlyFileSystem } from '@/lib/server/storage/fault';
import { MirroredDatabase, type MirroredOptions } from '@/lib/server/storage/mirrored-database';
import type { Ownership } from '@/lib/server/storage/ownership';
import type { NotificationTables, StoredNotifications } from './notification-tables';

type Options = MirroredOptions<NotificationTables, StoredNotifications>;

export interface NotificationStoreOptions extends Pick<Options, 'clock' | 'onReport' | 'onSetAside'> {
  readonly dataDir: string;
  /** Takes over what a database holds, once: at the start, or when it can first be opened. */
  readonly adopt: (stored: StoredNotifications) => void;
  /** All that memory has, for a new database or after a fault. */
  readonly everything: () => StoredNotifications;
}

/** Channels and dead letters on disk, for one process at a time: two on one database would deliver everything twice. */
export class NotificationStore extends MirroredDatabase<NotificationTables, StoredNotifications> {
  readonly #release: () => void;

  constructor(options: Options, release: () => void) {
    super(options);
    this.#release = release;
  }

  override close(): void {
    super.close();
    this.#release();
  }
}

export async function openNotificationStore({
  dataDir,
  adopt,
  everything,
  ...options
}: NotificationStoreOptions): Promise<NotificationStore> {
  const path = join(dataDir, 'notify.db');
  // Where libsql has no build for this machine, channels still work, from memory.
  const sqlite = await Promise.all([
    import('./notification-tables'),
    import('@/lib/server/storage/ownership'),
  ]).catch((cause: unknown) => cause as Error);
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

  /** Throws. Where nothing can be written there is no owner, since no other process delivers. */
  function own(takeOwnership: (lockPath: string) => Ownership): Ownership | null {
    const lockPath = `${path}.lock`;
    try {
      return takeOwnership(lockPath);
    } catch (error) {
      if (isOnReadOnlyFileSystem(lockPath)) return null;
      throw error;
    }
  }

  const database: Options = {
    ...options,
    path,
    holds: 'the channels are',
    open,
    read: (tables) => tables.load(),
    adopt(stored) {
      adopt(stored);
      return false;
    },
    refresh: (tables) => tables.replaceAll(everything()),
  };
  return new NotificationStore(database, () => ownership?.release());
}
