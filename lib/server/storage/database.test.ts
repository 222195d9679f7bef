import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { openDatabase } from './database';

test('a locked database refuses a statement at once, since waiting would stall every stream', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-database-'));
  const path = join(folder, 'a.db');
  const db = openDatabase(path, { migrations: ['CREATE TABLE things (id INTEGER)'] });
  expect(db.prepare('PRAGMA busy_timeout').get()).toMatchObject({ timeout: 0 });
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  expect(() => db.exec('INSERT INTO things VALUES (1)')).toThrow(/locked/);
  other.exec('ROLLBACK');
  other.close();
  db.close();
  rmSync(folder, { recursive: true });
});
