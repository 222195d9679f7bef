import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Alert, Rule, Silence } from '@/lib/protocol/alerting';
import type { Tables } from '@/lib/server/storage/connection';
import {
  checkpointDatabase,
  closeDatabase,
  endDatabaseLog,
  inTransaction,
  openDatabase,
  setSynced,
  smallCheckpointBytes,
  snapshotDatabase,
} from '@/lib/server/storage/database';
import { decoded, readableRows, recordOf, textOf } from '@/lib/server/storage/unreadable';
import type { Transition } from './evaluation-state';
import type { Snapshot } from './snapshot';

/** An alert without what depends on the present time. */
export type StoredAlert = Omit<Alert, 'silencedUntil'>;

/** How far the log was evaluated, and the state at that position. */
export interface Progress {
  readonly logId: string;
  readonly seq: number;
  readonly snapshot: Snapshot;
  /** Transitions that are not known to be in the log. */
  readonly unsent: readonly Transition[];
}

export interface StoredState {
  readonly rules: readonly Rule[];
  readonly silences: readonly Silence[];
  readonly alerts: readonly StoredAlert[];
  /** `null` in a new database, and where it cannot be read. */
  readonly progress: Progress | null;
}

/** What to write: rules and silences are complete lists, alerts only those that changed. */
export interface Changes extends Partial<StoredState> {
  readonly droppedAlerts?: readonly string[];
}

export interface AlertTables extends Tables {
  /** What can be read, and how many rows cannot. */
  read(): StoredState & { readonly unreadable: number };
  /** All of it or nothing, on disk when it returns. Throws what SQLite throws. */
  write(changes: Changes): void;
}

/** More than a state within today's bounds takes; a larger one, of an earlier version, would not fit into memory. */
const bodyBytesMax = 96 * 1024 * 1024;

/** `null` for what is larger than that; anything else that is wrong with it counts as unreadable. */
function inflated(body: Uint8Array): ArrayBuffer | null {
  return decoded(() => {
    try {
      return new Uint8Array(inflateRawSync(body, { maxOutputLength: bodyBytesMax })).buffer;
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  });
}

/** The schema of what alerts keep. */
const migrations: readonly string[] = [
  `
  CREATE TABLE rules (
    id TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE silences (
    id TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Alerts that are on, and the latest that ended.
  CREATE TABLE alerts (
    alert_id TEXT PRIMARY KEY,
    changed_at INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One row: how far the log was evaluated, and the state there. body: deflated JSON.
  CREATE TABLE progress (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    log_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  `,
];

/** Opens and, where needed, makes the database. Throws what SQLite throws. */
export function openAlertTables(path: string): AlertTables {
  const db = openDatabase(path, { migrations, secureDelete: true, checkpointBytes: smallCheckpointBytes });
  setSynced(db, true);
  let unreadable = 0;
  const onUnreadable = () => {
    unreadable += 1;
  };
  const all = <T>(sql: string, fields: readonly (keyof T & string)[]) =>
    readableRows(
      db.prepare(sql).all() as { json: ArrayBuffer }[],
      ({ json }) => recordOf<T>(json, fields),
      onUnreadable,
    );
  const addRule = db.prepare('INSERT INTO rules (id, place, json) VALUES (?, ?, ?)');
  const addSilence = db.prepare('INSERT INTO silences (id, place, json) VALUES (?, ?, ?)');
  const putAlert = db.prepare('INSERT OR REPLACE INTO alerts (alert_id, changed_at, json) VALUES (?, ?, ?)');
  const dropAlert = db.prepare('DELETE FROM alerts WHERE alert_id = ?');
  const putProgress = db.prepare(
    'INSERT OR REPLACE INTO progress (only, log_id, seq, body) VALUES (1, ?, ?, ?)',
  );

  interface ProgressRow {
    readonly log_id: ArrayBuffer;
    readonly seq: number;
    readonly body: ArrayBuffer;
  }

  function progressOf({ log_id, seq, body }: ProgressRow): Progress {
    const json = inflated(new Uint8Array(body));
    // Evaluation begins anew from this position in the log.
    if (json === null) return { logId: textOf(log_id), seq, snapshot: { hosts: [] }, unsent: [] };
    const { snapshot, unsent } = recordOf<Progress>(json, ['snapshot', 'unsent']);
    return { logId: textOf(log_id), seq, snapshot, unsent };
  }

  return {
    read() {
      unreadable = 0;
      const rules = all<Rule>('SELECT CAST(json AS BLOB) AS json FROM rules ORDER BY place', [
        'id',
        'metric',
        'comparison',
      ]);
      const silences = all<Silence>('SELECT CAST(json AS BLOB) AS json FROM silences ORDER BY place', [
        'id',
        'matcher',
      ]);
      const alerts = all<StoredAlert>('SELECT CAST(json AS BLOB) AS json FROM alerts ORDER BY changed_at', [
        'alertId',
        'state',
      ]);
      const rows = db
        .prepare('SELECT CAST(log_id AS BLOB) AS log_id, seq, body FROM progress')
        .all() as ProgressRow[];
      const [progress = null] = readableRows(rows, progressOf, onUnreadable);
      return { rules, silences, alerts, progress, unreadable };
    },
    write({ rules, silences, alerts, droppedAlerts, progress }) {
      inTransaction(db, () => {
        if (rules) {
          db.exec('DELETE FROM rules');
          for (const [place, rule] of rules.entries()) addRule.run(rule.id, place, JSON.stringify(rule));
        }
        if (silences) {
          db.exec('DELETE FROM silences');
          for (const [place, one] of silences.entries()) addSilence.run(one.id, place, JSON.stringify(one));
        }
        for (const alert of alerts ?? []) putAlert.run(alert.alertId, alert.changedAt, JSON.stringify(alert));
        for (const id of droppedAlerts ?? []) dropAlert.run(id);
        if (progress) {
          const { logId, seq, snapshot, unsent } = progress;
          const body = deflateRawSync(JSON.stringify({ snapshot, unsent }), { level: 1 });
          putProgress.run(logId, seq, body);
        }
      });
    },
    checkpoint: () => checkpointDatabase(db),
    endLog: () => endDatabaseLog(db),
    snapshot: (to) => snapshotDatabase(db, to),
    close: () => closeDatabase(db),
  };
}
