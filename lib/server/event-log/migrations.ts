/** The log's schema. */
export const migrations: readonly string[] = [
  `
  -- One row. reserved_to: no id up to it is ever given out again, after a crash either.
  CREATE TABLE log (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    id TEXT NOT NULL,
    reserved_to INTEGER NOT NULL,
    tail_seq INTEGER NOT NULL
  ) STRICT;

  -- Samples, some seconds of them to a row and packed: written often and deleted soon.
  CREATE TABLE batches (
    last_seq INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    first_t INTEGER NOT NULL,
    last_t INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;

  -- Everything that is not a sample.
  CREATE TABLE lasting (
    seq INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    host TEXT NOT NULL,
    t INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX lasting_t ON lasting (t);

  -- Runs of ids whose events nobody has: never given out, or lost before they were written.
  CREATE TABLE holes (
    to_seq INTEGER PRIMARY KEY,
    from_seq INTEGER NOT NULL
  ) STRICT;

  -- Types that users invented.
  CREATE TABLE invented_types (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  `,
  `
  -- What requests that bore a key have put into the log, so that one that is sent again puts nothing.
  CREATE TABLE receipts (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    t INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX receipts_t ON receipts (t);
  `,
  `
  -- How the body is packed: 0 deflated, 1 by Brotli.
  ALTER TABLE batches ADD COLUMN packing INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- CRC-32 of the body; NULL in rows that are older.
  ALTER TABLE batches ADD COLUMN checksum INTEGER;
  `,
  `
  -- Where an event was published; empty for what Hostbeat has seen. Of old events of users' types it is not known.
  ALTER TABLE lasting ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
  UPDATE lasting SET publisher = '?' WHERE type NOT IN ('user-login', 'user-logout', 'system-alert');
  CREATE INDEX lasting_publisher ON lasting (publisher, seq) WHERE publisher <> '';
  CREATE INDEX lasting_type ON lasting (type) WHERE type NOT IN ('user-login', 'user-logout', 'system-alert', 'message');
  ALTER TABLE invented_types ADD COLUMN publisher TEXT NOT NULL DEFAULT '';
  `,
];
