import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Alert, Rule, Silence } from '@/lib/events/alerting';
import { closeDatabase, inTransaction, openDatabase, setSynced } from '@/lib/sqlite/database';
import type { Transition } from './evaluate';
import { migrations } from './migrations';
import type { Snapshot } from './snapshot';

/** An alert as it is kept: whether it is silenced depends on when one asks. */
export type KeptAlert = Omit<Alert, 'silencedUntil'>;

/** How far the log was evaluated, and how everything stood there. */
export interface Progress {
  readonly logId: string;
  readonly seq: number;
  readonly snapshot: Snapshot;
  /** Transitions that are not known to be in the log. */
  readonly unsent: readonly Transition[];
}

export interface Kept {
  readonly rules: readonly Rule[];
  readonly silences: readonly Silence[];
  readonly alerts: readonly KeptAlert[];
  /** `null` in a new database. */
  readonly progress: Progress | null;
}

/** What to write; each list of rules and of silences is the whole of it, alerts are those that changed. */
export interface Changes extends Partial<Kept> {
  readonly goneAlerts?: readonly string[];
}

export interface AlertTables {
  read(): Kept;
  /** All of it or nothing, on disk when it returns. Throws what SQLite throws. */
  write(changes: Changes): void;
  close(): void;
}

/** Opens and, where needed, makes the database. Throws what SQLite throws. */
export function openAlertTables(path: string): AlertTables {
  const db = openDatabase(path, { migrations });
  setSynced(db, true);
  const all = <T>(sql: string) =>
    (db.prepare(sql).all() as { json: string }[]).map(({ json }) => JSON.parse(json) as T);
  const addRule = db.prepare('INSERT INTO rules (id, place, json) VALUES (?, ?, ?)');
  const addSilence = db.prepare('INSERT INTO silences (id, place, json) VALUES (?, ?, ?)');
  const putAlert = db.prepare('INSERT OR REPLACE INTO alerts (alert_id, changed_at, json) VALUES (?, ?, ?)');
  const dropAlert = db.prepare('DELETE FROM alerts WHERE alert_id = ?');
  const putProgress = db.prepare(
    'INSERT OR REPLACE INTO progress (only, log_id, seq, body) VALUES (1, ?, ?, ?)',
  );

  function readProgress(): Progress | null {
    const row = db.prepare('SELECT log_id, seq, body FROM progress').get() as
      | { log_id: string; seq: number; body: ArrayBuffer }
      | undefined;
    if (!row) return null;
    const body = JSON.parse(inflateRawSync(new Uint8Array(row.body)).toString('utf8'));
    return { logId: row.log_id, seq: row.seq, ...body };
  }

  return {
    read: () => ({
      rules: all<Rule>('SELECT json FROM rules ORDER BY place'),
      silences: all<Silence>('SELECT json FROM silences ORDER BY place'),
      alerts: all<KeptAlert>('SELECT json FROM alerts ORDER BY changed_at'),
      progress: readProgress(),
    }),
    write({ rules, silences, alerts, goneAlerts, progress }) {
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
        for (const id of goneAlerts ?? []) dropAlert.run(id);
        if (progress) {
          const { logId, seq, snapshot, unsent } = progress;
          const body = deflateRawSync(JSON.stringify({ snapshot, unsent }), { level: 1 });
          putProgress.run(logId, seq, body);
        }
      });
    },
    close: () => closeDatabase(db),
  };
}
