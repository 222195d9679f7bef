import type { Sensor } from '@/lib/events/payloads';
import { closeDatabase, inTransaction, openDatabase, setSynced } from '@/lib/sqlite/database';

/** The last word of a sensor, and when it was: Unix ms. */
export interface SensorWord {
  readonly t: number;
  readonly sensor: Sensor;
}

export interface SensorTables {
  /** The one that was heard longest ago first. */
  read(): SensorWord[];
  /** Throws what SQLite throws. */
  write(words: readonly SensorWord[], gone: readonly SensorWord[]): void;
  close(): void;
}

const migrations = [
  `
  -- What programs published, by sensor and kind: the last word of each.
  CREATE TABLE words (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    t INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (id, kind)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** Opens and, where needed, makes the database. Throws what SQLite throws. */
export function openSensorTables(path: string): SensorTables {
  const db = openDatabase(path, { migrations });
  // A power cut may take the last label; the next word of the sensor brings it back.
  setSynced(db, false);
  const put = db.prepare('INSERT OR REPLACE INTO words (id, kind, t, json) VALUES (?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM words WHERE id = ? AND kind = ?');
  return {
    read: () =>
      (db.prepare('SELECT t, json FROM words ORDER BY t').all() as { t: number; json: string }[]).map(
        ({ t, json }) => ({ t, sensor: JSON.parse(json) as Sensor }),
      ),
    write(words, gone) {
      inTransaction(db, () => {
        for (const { t, sensor } of words) put.run(sensor.id, sensor.kind, t, JSON.stringify(sensor));
        for (const { sensor } of gone) drop.run(sensor.id, sensor.kind);
      });
    },
    close: () => closeDatabase(db),
  };
}
