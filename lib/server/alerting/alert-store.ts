import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { keepCopy } from '@/lib/server/storage/set-aside';
import { type OnSetAside, SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import type { AlertTables, Changes, StoredState } from './alert-tables';

export interface AlertStoreOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Why nothing may be opened: the data folder may be another process's. `null` when it may. */
  readonly heldBack: () => string | null;
  /** Takes up what a database holds, once: at the start, or when it can be opened at last. */
  readonly adopt: (kept: StoredState) => void;
  /** All that is to be kept, for a database that has to start from it. */
  readonly everything: () => StoredState;
  /** Told when a database was set aside, and under which name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** One line each time that what is wrong changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
}

/** What alerts keep on disk. Nothing here throws: a fault becomes `problem`, and is tried again by itself. */
export interface AlertStore {
  readonly problem: string | null;
  /** What was lost and cannot be had again, a line each. */
  readonly defects: readonly string[];
  /** Opens what is not open, and adopts it. Whether it is open. */
  open(): boolean;
  /** Whether it is on disk. What is not is written with all else as soon as anything can be. */
  write(changes: Changes): boolean;
  /** The same for what a person does: in the database itself, and whoever asks gives up what cannot be kept. */
  change(changes: Changes): boolean;
  /** Rules and silences that were lost are there again, or are not missed. */
  forgetLoss(): void;
  close(): void;
}

export async function openAlertStore(options: AlertStoreOptions): Promise<AlertStore> {
  const { dataDir, clock, heldBack, adopt, everything, onSetAside, onReport } = options;
  const path = join(dataDir, 'alerts.db');
  let defects: string[] = [];

  // Where libsql has no build for this machine, alerts still work, from memory.
  const open = await import('./alert-tables').then(
    ({ openAlertTables }) => openAlertTables,
    (cause: unknown) => () => {
      throw cause;
    },
  );

  const database = new SupervisedDatabase<AlertTables>({
    path,
    holds: 'the rules and silences are',
    open,
    adopt(tables) {
      const { unreadable, ...found } = tables.read();
      if (unreadable > 0) {
        const name = keepCopy(path, new Date(clock.wallMs()), tables.snapshot);
        defects = [
          ...defects,
          `${unreadable} of what ${path} held cannot be read and was left out; it is in ${name}`,
        ];
      }
      adopt(found);
      return true;
    },
    refresh: (tables) => tables.write(everything()),
    heldBack,
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
    open: () => database.heal(),
    write: (changes) => database.write((tables) => tables.write(changes)),
    change: (changes) => database.change((tables) => tables.write(changes)),
    forgetLoss() {
      defects = [];
      database.forgetLoss();
    },
    close: () => database.close(),
  };
}
