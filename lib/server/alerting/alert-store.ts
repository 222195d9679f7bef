import { join } from 'node:path';
import { MirroredDatabase, type MirroredOptions } from '@/lib/server/storage/mirrored-database';
import type { AlertTables, StoredState } from './alert-tables';

export type AlertStore = MirroredDatabase<AlertTables, StoredState>;

export interface AlertStoreOptions
  extends Pick<MirroredOptions<AlertTables, StoredState>, 'clock' | 'heldBack' | 'onReport' | 'onSetAside'> {
  readonly dataDir: string;
  /** Takes over what a database holds, once: at the start, or when it can first be opened. */
  readonly adopt: (stored: StoredState) => void;
  /** All that memory has, for a new database or after a fault. */
  readonly everything: () => StoredState;
}

/** Alerts, rules, silences and the progress of evaluation on disk. */
export async function openAlertStore({
  dataDir,
  adopt,
  everything,
  ...options
}: AlertStoreOptions): Promise<AlertStore> {
  // Where libsql has no build for this machine, alerts still work, from memory.
  const open = await import('./alert-tables').then(
    ({ openAlertTables }) => openAlertTables,
    (cause: unknown) => () => {
      throw cause;
    },
  );
  return new MirroredDatabase<AlertTables, StoredState>({
    ...options,
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
}
