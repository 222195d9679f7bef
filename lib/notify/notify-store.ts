import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'libsql';
import type { DeadLetter } from '@/lib/events/notifications';
import { closeDatabase, inTransaction, openDatabase, setSynced } from '@/lib/sqlite/database';
import { takeOwnership } from '@/lib/sqlite/ownership';
import type { Channel } from './channel';
import { type CourierState, lettersMax } from './courier-state';
import { migrations } from './migrations';

export interface KeptChannel {
  readonly channel: Channel;
  readonly state: CourierState;
}

export interface Kept {
  readonly channels: readonly KeptChannel[];
  readonly dead: readonly DeadLetter[];
  /** PEM; `null` until a browser asks for its public part. */
  readonly vapidPem: string | null;
}

/** Every method is synchronous, on disk when it returns, and throws what SQLite throws, with its `code`. */
export interface NotifyStore {
  load(): Kept;
  put(kept: KeptChannel): void;
  /** The letter and the state that no longer has it, in one transaction. */
  bury(kept: KeptChannel, letter: DeadLetter): void;
  remove(channelId: string): void;
  discard(letterId: string): void;
  putVapid(pem: string): void;
  /** For a database that missed something: all that memory has. */
  replaceAll(kept: Kept): void;
  close(): void;
}

/** Two processes that delivered from one database would tell everybody twice: throws `OwnedError` if one does. */
export function openNotifyStore(path: string): NotifyStore {
  const { release } = takeOwnership(`${path}.lock`);
  try {
    ownAlone(path);
    const db = openDatabase(path, { migrations });
    try {
      setSynced(db, true);
      return storeOf(db, release);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    release();
    throw error;
  }
}

/** Before anything secret is in it. SQLite gives what lies beside a database the mode of the database. */
function ownAlone(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function storeOf(db: Database.Database, release: () => void): NotifyStore {
  // What is deleted holds secrets, too.
  db.pragma('secure_delete = ON');
  const upsert = db.prepare(
    'INSERT INTO channels VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, state = excluded.state',
  );
  const addDead = db.prepare('INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?)');
  const trimDead = db.prepare(
    'DELETE FROM dead WHERE id IN (SELECT id FROM dead ORDER BY died_at DESC, id LIMIT -1 OFFSET ?)',
  );

  const put = ({ channel, state }: KeptChannel) =>
    upsert.run(channel.id, JSON.stringify(channel), JSON.stringify(state));
  function bury(letter: DeadLetter): void {
    addDead.run(letter.id, letter.channelId, letter.diedAt, JSON.stringify(letter));
    trimDead.run(lettersMax);
  }

  function putVapid(pem: string): void {
    db.exec('DELETE FROM vapid');
    db.prepare('INSERT INTO vapid VALUES (?)').run(pem);
  }

  return {
    load() {
      const rows = db.prepare('SELECT settings, state FROM channels ORDER BY rowid').all();
      const letters = db.prepare('SELECT letter FROM dead ORDER BY died_at, id').all();
      const key = db.prepare('SELECT pem FROM vapid').get() as { pem: string } | undefined;
      return {
        vapidPem: key?.pem ?? null,
        channels: (rows as { settings: string; state: string }[]).map(({ settings, state }) => ({
          channel: JSON.parse(settings) as Channel,
          state: JSON.parse(state) as CourierState,
        })),
        dead: (letters as { letter: string }[]).map(({ letter }) => JSON.parse(letter) as DeadLetter),
      };
    },
    put: (kept) => inTransaction(db, () => void put(kept)),
    bury: (kept, letter) =>
      inTransaction(db, () => {
        put(kept);
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
        for (const kept of channels) put(kept);
        for (const letter of dead) bury(letter);
      }),
    close() {
      try {
        closeDatabase(db);
      } finally {
        release();
      }
    },
  };
}
