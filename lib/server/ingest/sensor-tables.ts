import type { Sensor } from '@/lib/protocol/payloads';
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
import { readableRows, recordOf } from '@/lib/server/storage/unreadable';

/** A sensor with its last value. */
export interface LastValue {
  /** Unix ms. */
  readonly t: number;
  readonly sensor: Sensor;
}

export interface StoredSensors {
  /** The oldest first. */
  readonly values: readonly LastValue[];
}

export interface SensorTables extends Tables {
  /** Throws what SQLite throws. */
  read(): StoredSensors & { readonly unreadable: number };
  /** Throws what SQLite throws. */
  write(values: readonly LastValue[], gone: readonly LastValue[]): void;
  /** These are all there are. Throws what SQLite throws. */
  replaceAll(values: readonly LastValue[]): void;
}

const migrations = [
  `
  -- What programs published, by sensor and kind: the last value of each.
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
  const db = openDatabase(path, { migrations, checkpointBytes: smallCheckpointBytes });
  // A power cut may take the last label; the sensor's next value brings it back.
  setSynced(db, false);
  const put = db.prepare('INSERT OR REPLACE INTO words (id, kind, t, json) VALUES (?, ?, ?, ?)');
  const drop = db.prepare('DELETE FROM words WHERE id = ? AND kind = ?');
  return {
    read() {
      const rows = db.prepare('SELECT t, CAST(json AS BLOB) AS json FROM words ORDER BY t').all() as {
        t: number;
        json: ArrayBuffer;
      }[];
      let unreadable = 0;
      const values = readableRows(
        rows,
        ({ t, json }) => ({ t, sensor: recordOf<Sensor>(json, ['id', 'kind', 'label', 'value']) }),
        () => {
          unreadable += 1;
        },
      );
      return { values, unreadable };
    },
    write(values, gone) {
      inTransaction(db, () => {
        for (const { t, sensor } of values) put.run(sensor.id, sensor.kind, t, JSON.stringify(sensor));
        for (const { sensor } of gone) drop.run(sensor.id, sensor.kind);
      });
    },
    replaceAll(values) {
      inTransaction(db, () => {
        db.exec('DELETE FROM words');
        for (const { t, sensor } of values) put.run(sensor.id, sensor.kind, t, JSON.stringify(sensor));
      });
    },
    checkpoint: () => checkpointDatabase(db),
    endLog: () => endDatabaseLog(db),
    snapshot: (to) => snapshotDatabase(db, to),
    close: () => closeDatabase(db),
  };
}
