/** The schema of what alerts keep. */
export const migrations: readonly string[] = [
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

  -- One row: how far the log was evaluated, and how everything stood there. body: deflated JSON.
  CREATE TABLE progress (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    log_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  `,
];
