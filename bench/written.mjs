import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { main } from '../scripts/project.mjs';
import { compile, load } from './compiled.mjs';
import { scratchFolder } from './scratch.mjs';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * What Hostbeat writes to disk with nobody watching, at 1 Hz: `write_bytes` of `/proc/PID/io`, of this machine and of the
 * made-up home server side by side. And what a batch of the log costs with pages of other sizes: `wchar` of this process,
 * checkpoints included. A server's log has one every two hours or so: HOSTBEAT_TEST_BENCH_SECONDS=14400 has some in it.
 */
const seconds = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 1_200);
const daySeconds = 86_400;
const goalBytes = 150e6;
/** The first minute writes what a start writes. */
const settleMs = 60_000;
const batches = { warmUp: 800, counted: 1_440, kept: 360 };
const schema = [
  'CREATE TABLE batches (last_seq INTEGER PRIMARY KEY, first_t INTEGER NOT NULL, body BLOB NOT NULL) STRICT',
];

const io = (pid, field) =>
  Number(new RegExp(`^${field}: (\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);

/** Bytes that a batch of 3.9 to 4.5 kB costs, as the made-up server's are, an hour of them kept. */
function bytesPerBatch(openDatabase, closeDatabase, pageBytes) {
  const path = join(scratchFolder(), 'log.db');
  const db = openDatabase(path, { migrations: schema, pageBytes, exclusive: true });
  const insert = db.prepare('INSERT INTO batches VALUES (?, ?, ?)');
  const forget = db.prepare('DELETE FROM batches WHERE last_seq <= ?');
  const write = (from, to) => {
    for (let n = from; n < to; n += 1) {
      const body = crypto.getRandomValues(new Uint8Array(3_900 + ((n * 7_919) % 600)));
      insert.run(n, n * 10_000, Buffer.from(body));
      if (n % 30 === 0) forget.run(n - batches.kept);
    }
  };
  write(1, batches.warmUp);
  const before = io('self', 'wchar');
  write(batches.warmUp, batches.warmUp + batches.counted);
  const perBatch = (io('self', 'wchar') - before) / batches.counted;
  closeDatabase(db);
  return perBatch;
}

await main(async () => {
  if (process.platform !== 'linux') throw new Error('This measurement reads /proc, so it runs on Linux only');
  await prepare();
  const compiled = await compile('lib/server/storage/database');
  const { openDatabase, closeDatabase } = load(compiled, 'lib/server/storage/database');
  console.log(`Written to disk (${machine()})\n`);
  const costs = [4_096, 2_048, 1_024, 512].map((pageBytes) => [
    pageBytes,
    (bytesPerBatch(openDatabase, closeDatabase, pageBytes) / 1e3).toFixed(1),
  ]);
  console.log(table(['page, bytes', 'a batch costs, kB'], costs));

  const kinds = { 'this machine': {}, 'the made-up server': { HOSTBEAT_DEMO: '7' } };
  const servers = [];
  for (const [name, env] of Object.entries(kinds)) {
    const dataDir = scratchFolder();
    servers.push({ name, dataDir, server: await startServer({ HOSTBEAT_DATA_DIR: dataDir, ...env }) });
  }
  try {
    await wait(settleMs);
    const before = servers.map(({ server }) => io(server.pid, 'write_bytes'));
    const startedAt = performance.now();
    await wait(seconds * 1_000);
    const elapsed = (performance.now() - startedAt) / 1_000;
    const rows = servers.map(({ name, dataDir, server }, index) => {
      const perDay = ((io(server.pid, 'write_bytes') - before[index]) / elapsed) * daySeconds;
      if (perDay > goalBytes) process.exitCode = 1;
      // A database whose log has never gone to its place is one page long.
      const isWhole = statSync(join(dataDir, 'log.db')).size > 4_096;
      return [name, (perDay / 1e6).toFixed(0), goalBytes / 1e6, isWhole ? 'yes' : 'no'];
    });
    console.log(`\nOver ${(elapsed / 60).toFixed(0)} minutes\n`);
    console.log(table(['server', 'MB a day', 'goal', "the log's checkpoint in it"], rows));
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
  }
});
