import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '@/lib/server/storage/database';
import { EventStore } from './event-store';
import { migrations } from './migrations';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-log-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const sample = (seq: number, type: string) => ({
  seq,
  type,
  host: 'atlas',
  t: 1_000 * seq,
  json: `{"t":${1_000 * seq},"host":"atlas","value":${seq}}`,
});

/** A log as a Hostbeat with the first `version` steps of the schema left it: samples deflated, one message, one gap. */
function place(version: number): void {
  const db = openDatabase(join(dataDir, 'log.db'), {
    migrations: migrations.slice(0, version),
    exclusive: true,
  });
  const lines = [sample(1, 'cpu'), sample(2, 'memory')].map(
    ({ seq, t, type, host, json }) => `${JSON.stringify([seq, t, type, host])}\n${json}\n`,
  );
  db.prepare("INSERT INTO log VALUES (1, 'before', 1000, 1)").run();
  db.prepare(
    'INSERT INTO batches (last_seq, first_seq, first_t, last_t, body) VALUES (?, 1, 1000, 2000, ?)',
  ).run(2, deflateRawSync(lines.join('')));
  const { type, host, t, json } = sample(4, 'message');
  db.prepare('INSERT INTO lasting VALUES (4, ?, ?, ?, ?)').run(type, host, t, json);
  db.prepare('INSERT INTO holes VALUES (3, 3)').run();
  closeDatabase(db);
}

test.each(migrations.slice(1).map((_, index) => index + 1))(
  'a log with schema %i can be read and continued',
  (version) => {
    place(version);
    const store = EventStore.open(join(dataDir, 'log.db'));
    const kept = [sample(1, 'cpu'), sample(2, 'memory'), sample(4, 'message')];
    expect(store.row).toEqual({ id: 'before', reservedTo: 1_000, tailSeq: 1 });
    expect(store.read(0, 1_000, 10)).toEqual(kept);
    expect(store.gaps()).toEqual([{ fromSeq: 3, toSeq: 3 }]);
    store.write([sample(5, 'cpu')], { synced: false });
    expect(store.read(0, 1_000, 10)).toEqual([...kept, sample(5, 'cpu')]);
    store.close();
  },
);
