import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  checkpointDatabase,
  closeDatabase,
  endDatabaseLog,
  openDatabase,
  snapshotDatabase,
} from './database';
import { MirroredDatabase } from './mirrored-database';
import { readableRows, textOf } from './unreadable';

interface Names {
  readonly names: readonly string[];
}

function openTables(path: string) {
  const db = openDatabase(path, { migrations: ['CREATE TABLE names (name TEXT) STRICT'] });
  return {
    read(): Names & { readonly unreadable: number } {
      const rows = db.prepare('SELECT CAST(name AS BLOB) AS name FROM names').all() as {
        name: ArrayBuffer;
      }[];
      let unreadable = 0;
      const names = readableRows(
        rows,
        ({ name }) => textOf(name),
        () => {
          unreadable += 1;
        },
      );
      return { names, unreadable };
    },
    add: (name: string) => void db.prepare('INSERT INTO names VALUES (?)').run(name),
    replaceAll(names: readonly string[]) {
      db.exec('DELETE FROM names');
      for (const name of names) this.add(name);
    },
    checkpoint: () => checkpointDatabase(db),
    endLog: () => endDatabaseLog(db),
    snapshot: (to: string) => snapshotDatabase(db, to),
    close: () => closeDatabase(db),
  };
}

/** Adds names in memory and in the database, as a store does. */
function openNames(isLacking: (stored: readonly string[]) => boolean = () => false) {
  const memory = new Set<string>();
  const database = new MirroredDatabase<ReturnType<typeof openTables>, Names>({
    path: join(folder, 'names.db'),
    holds: 'the names are',
    open: openTables,
    read: (tables) => tables.read(),
    adopt({ names }) {
      const lacking = isLacking(names);
      for (const name of names) memory.add(name);
      return lacking;
    },
    refresh: (tables) => tables.replaceAll([...memory]),
    retryMs: 1,
  });
  opened.push(database);
  return {
    memory,
    database,
    add(name: string) {
      memory.add(name);
      return database.write((tables) => tables.add(name));
    },
  };
}

let folder = '';
const opened: { close(): void }[] = [];
const storedNames = (file: string) => {
  const tables = openTables(join(folder, file));
  const { names } = tables.read();
  tables.close();
  return [...names].sort();
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-mirrored-'));
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(folder, { recursive: true });
});

test('memory takes over what an earlier run stored', () => {
  const first = openNames();
  expect(first.add('a')).toBe(true);
  first.database.close();
  const second = openNames();
  expect([...second.memory]).toEqual(['a']);
  expect([second.database.problem, second.database.defects]).toEqual([null, []]);
});

test('without the database it works in memory, and both are joined once it can be opened', () => {
  openNames().add('stored');
  opened.pop()?.close();
  const path = join(folder, 'names.db');
  const aside = join(folder, 'aside');
  // A directory in its place: it cannot be opened.
  renameSync(path, aside);
  mkdirSync(path);
  const names = openNames((stored) => !stored.includes('new'));
  expect(names.add('new')).toBe(false);
  expect(names.database.problem).toContain('it is a directory');
  rmSync(path, { recursive: true });
  renameSync(aside, path);
  expect(names.database.heal()).toBe(true);
  expect([...names.memory].sort()).toEqual(['new', 'stored']);
  names.database.close();
  expect(storedNames('names.db')).toEqual(['new', 'stored']);
});

test('rows that cannot be read are left out, and a copy that has them is kept', () => {
  const first = openNames();
  for (const name of ['a', 'b']) first.add(name);
  first.database.close();
  const db = new Database(join(folder, 'names.db'));
  db.exec("UPDATE names SET name = CAST(x'ff' AS TEXT) WHERE name = 'b'");
  db.close();
  const { memory, database } = openNames();
  expect([...memory]).toEqual(['a']);
  const [copy = ''] = readdirSync(folder).filter((name) => name.includes('unreadable'));
  expect(database.defects).toEqual([expect.stringContaining(copy)]);
  database.close();
  expect(storedNames('names.db')).toEqual(['a']);
  const kept = openTables(join(folder, copy));
  expect(kept.read().unreadable).toBe(1);
  kept.close();
  database.forgetLoss();
  expect(database.defects).toEqual([]);
});
