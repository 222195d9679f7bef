/** The schema of what notifications keep. */
export const migrations: readonly string[] = [
  `
  -- settings: JSON, secrets included, so the file is its owner's alone. state: JSON, the cursor's place and the
  -- delivery that is under way, which change together.
  CREATE TABLE channels (
    id TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    state TEXT NOT NULL
  ) STRICT;

  -- What was given up on.
  CREATE TABLE dead (
    id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL,
    died_at INTEGER NOT NULL,
    letter TEXT NOT NULL
  ) STRICT;
  CREATE INDEX dead_died_at ON dead (died_at);

  -- The one key by which this server names itself to push services. Browsers are subscribed to it.
  CREATE TABLE vapid (pem TEXT NOT NULL) STRICT;
  `,
];
