import type Database from 'libsql';
import type { DeadLetter } from '@/lib/protocol/notifications';
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
import { readableRows, recordOf, textOf, UnreadableError } from '@/lib/server/storage/unreadable';
import { type Channel, isChannelKind } from './channel-registry';
import { type DeliveryState, deadLettersMax } from './delivery-state';
import type { NotifiedState } from './notifiable';
import { readVapidKey } from './vapid';

export interface StoredChannel {
  readonly channel: Channel;
  readonly state: DeliveryState;
}

export interface StoredNotifications {
  readonly channels: readonly StoredChannel[];
  readonly dead: readonly DeadLetter[];
  /** PEM; `null` until a browser asks for its public part. */
  readonly vapidPem: string | null;
}

/** Every method is synchronous, on disk when it returns, and throws what SQLite throws, with its `code`. */
export interface NotificationTables extends Tables {
  /** What can be read, and how many rows cannot. */
  load(): StoredNotifications & { readonly unreadable: number };
  put(stored: StoredChannel): void;
  /** The letter and the state that no longer has it, in one transaction. */
  bury(stored: StoredChannel, letter: DeadLetter): void;
  remove(channelId: string): void;
  discard(letterId: string): void;
  putVapid(pem: string): void;
  /** Writes all that memory has, for a database that lacks something. */
  replaceAll(stored: StoredNotifications): void;
}

/** The schema of what notifications keep. */
const migrations: readonly string[] = [
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

/** Opens and, where needed, makes the database. Throws what SQLite throws. */
export function openNotificationTables(path: string): NotificationTables {
  // What is deleted holds secrets, too.
  const db = openDatabase(path, { migrations, secureDelete: true, checkpointBytes: smallCheckpointBytes });
  try {
    setSynced(db, true);
    return storeOf(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The state's JSON, with the keys of every version. */
type StoredState = Omit<DeliveryState, keyof NotifiedState> & {
  readonly told: DeliveryState['notified'];
  readonly withheld: DeliveryState['muted'];
};

function storedState({ notified, muted, ...rest }: DeliveryState): string {
  const json: StoredState = { ...rest, told: notified, withheld: muted };
  return JSON.stringify(json);
}

interface ChannelRow {
  readonly settings: ArrayBuffer;
  readonly state: ArrayBuffer;
}

function channelOf({ settings, state }: ChannelRow): StoredChannel {
  const channel = recordOf<Channel>(settings, ['id', 'kind', 'name', 'minSeverity']);
  if (!isChannelKind(channel.kind)) throw new UnreadableError('its kind is not known');
  const { told, withheld, ...rest } = recordOf<StoredState>(state, [
    'logId',
    'seq',
    'open',
    'told',
    'withheld',
  ]);
  return { channel, state: { ...rest, notified: told, muted: withheld } };
}

const letterOf = ({ letter }: { readonly letter: ArrayBuffer }): DeadLetter =>
  recordOf<DeadLetter>(letter, ['id', 'channelId', 'alerts']);

function pemOf({ pem }: { readonly pem: ArrayBuffer }): string {
  const text = textOf(pem);
  if (!readVapidKey(text)) throw new UnreadableError('it is no key');
  return text;
}

function storeOf(db: Database.Database): NotificationTables {
  const upsert = db.prepare(
    'INSERT INTO channels VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, state = excluded.state',
  );
  const addDead = db.prepare('INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?)');
  const trimDead = db.prepare(
    'DELETE FROM dead WHERE id IN (SELECT id FROM dead ORDER BY died_at DESC, id LIMIT -1 OFFSET ?)',
  );

  const put = ({ channel, state }: StoredChannel) =>
    upsert.run(channel.id, JSON.stringify(channel), storedState(state));
  function bury(letter: DeadLetter): void {
    addDead.run(letter.id, letter.channelId, letter.diedAt, JSON.stringify(letter));
    trimDead.run(deadLettersMax);
  }

  function putVapid(pem: string): void {
    db.exec('DELETE FROM vapid');
    db.prepare('INSERT INTO vapid VALUES (?)').run(pem);
  }

  return {
    load() {
      const rows = db
        .prepare(
          'SELECT CAST(settings AS BLOB) AS settings, CAST(state AS BLOB) AS state FROM channels ORDER BY rowid',
        )
        .all();
      const letters = db
        .prepare('SELECT CAST(letter AS BLOB) AS letter FROM dead ORDER BY died_at, id')
        .all();
      const keys = db.prepare('SELECT CAST(pem AS BLOB) AS pem FROM vapid').all();
      let unreadable = 0;
      const onUnreadable = () => {
        unreadable += 1;
      };
      const channels = readableRows(rows as ChannelRow[], channelOf, onUnreadable);
      const dead = readableRows(letters as { letter: ArrayBuffer }[], letterOf, onUnreadable);
      const [vapidPem = null] = readableRows(keys as { pem: ArrayBuffer }[], pemOf, onUnreadable);
      return { channels, dead, vapidPem, unreadable };
    },
    put: (stored) => inTransaction(db, () => void put(stored)),
    bury: (stored, letter) =>
      inTransaction(db, () => {
        put(stored);
        bury(letter);
      }),
    remove: (channelId) =>
      inTransaction(db, () => {
        db.prepare('DELETE FROM channels WHERE id = ?').run(channelId);
        db.prepare('DELETE FROM dead WHERE channel_id = ?').run(channelId);
      }),
    discard: (letterId) =>
      inTransaction(db, () => void db.prepare('DELETE FROM dead WHERE id = ?').run(letterId)),
    putVapid: (pem) => inTransaction(db, () => putVapid(pem)),
    replaceAll: ({ channels, dead, vapidPem }) =>
      inTransaction(db, () => {
        db.exec('DELETE FROM channels; DELETE FROM dead');
        if (vapidPem !== null) putVapid(vapidPem);
        for (const stored of channels) put(stored);
        for (const letter of dead) bury(letter);
      }),
    checkpoint: () => checkpointDatabase(db),
    endLog: () => endDatabaseLog(db),
    snapshot: (path) => snapshotDatabase(db, path),
    close: () => closeDatabase(db),
  };
}
