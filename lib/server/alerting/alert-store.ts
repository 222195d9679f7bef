import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { MirroredDatabase } from '@/lib/server/storage/mirrored-database';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import type { AlertTables, Changes, StoredState } from './alert-tables';

export interface AlertStoreOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Why nothing may be opened: the data folder may be another process's. `null` when it may. */
  readonly heldBack: () => string | null;
  /** Takes over what a database holds, once: at the start, or when it can first be opened. */
  readonly adopt: (stored: StoredState) => void;
  /** All that memory has, for a new database. */
  readonly everything: () => StoredState;
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
}

/** Alerts, rules and silences on disk. Nothing here throws: a fault becomes `problem` and is retried. */
export interface AlertStore {
  readonly problem: string | null;
  /** What was lost for good, a line each. */
  readonly defects: readonly string[];
  /** Opens and adopts the database if it is not open; whether it is then. */
  open(): boolean;
  /** Whether it was written; otherwise it is part of `everything` once the database can be written again. */
  write(changes: Changes): boolean;
  /** The same for a user's change, which is in the database itself after `true`, and which the caller drops after `false`. */
  change(changes: Changes): boolean;
  /** Losses are no longer reported: the user has since changed rules or silences. */
  forgetLoss(): void;
  close(): void;
}

export async function openAlertStore(options: AlertStoreOptions): Promise<AlertStore> {
  const { dataDir, adopt, everything, ...supervised } = options;
  // Where libsql has no build for this machine, alerts still work, from memory.
  const open = await import('./alert-tables').then(
    ({ openAlertTables }) => openAlertTables,
    (cause: unknown) => () => {
      throw cause;
    },
  );
  const database = new MirroredDatabase<AlertTables, StoredState>({
    ...supervised,
    path: join(dataDir, 'alerts.db'),
    holds: 'the rules and silences are',
    open,
    read: (tables) => tables.read(),
    adopt(stored) {
      adopt(stored);
      return true;
    },
    refresh: (tables) => tables.write(everything()),
  });
  return {
    get problem() {
      return database.problem;
    },
    get defects() {
      return database.defects;
    },
    open: () => database.heal(),
    write: (changes) => database.write((tables) => tables.write(changes)),
    change: (changes) => database.change((tables) => tables.write(changes)),
    forgetLoss: () => database.forgetLoss(),
    close: () => database.close(),
  };
}
