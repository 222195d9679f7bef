/** History's schema. */
export const migrations: readonly string[] = [
  `
  -- One row: which log has been folded into the blocks, and how far.
  CREATE TABLE folded (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    log_id TEXT NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE metrics (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    UNIQUE (host, name)
  ) STRICT;

  CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    level INTEGER NOT NULL,
    start INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (level, start)
  ) STRICT;
  `,
  `
  -- One row: the latest run of Hostbeat, so that the next one can tell how it ended.
  CREATE TABLE run (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    boot_id TEXT,
    booted_at INTEGER NOT NULL,
    stopped_at INTEGER
  ) STRICT;

  -- Since when, and until when, each host was measured.
  CREATE TABLE seen (
    host TEXT PRIMARY KEY,
    first_t INTEGER,
    last_t INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- To the end of the newest block of 10 minutes: within that, nobody knows any more.
  INSERT INTO seen (host, last_t)
    SELECT host, (SELECT max(start) + 600000 FROM blocks WHERE level = 0) FROM metrics
    WHERE EXISTS (SELECT 1 FROM blocks WHERE level = 0) GROUP BY host;

  -- When nothing was measured, and why.
  CREATE TABLE outages (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    from_t INTEGER NOT NULL,
    to_t INTEGER NOT NULL,
    cause TEXT NOT NULL
  ) STRICT;
  CREATE INDEX outages_host ON outages (host, to_t);
  `,
  `
  -- CRC-32 of the body; NULL in rows that are older.
  ALTER TABLE blocks ADD COLUMN checksum INTEGER;
  `,
  `
  -- Where a metric is published; empty for the host's own. Of a sensor of old that shows when it is measured again.
  ALTER TABLE metrics ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
  UPDATE metrics SET publisher = '?' WHERE name LIKE 'sensor.%';

  -- One row: up to here numbers were given out. Blocks may still have columns of metrics that are forgotten.
  CREATE TABLE metric_numbers (only INTEGER PRIMARY KEY CHECK (only = 1), last INTEGER NOT NULL) STRICT;
  `,
];
