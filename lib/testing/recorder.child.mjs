import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * A process that writes a real log and a real history of simulated time until it is killed: `node recorder.child.mjs
 * COMPILED DATA_DIR START STEP_MS FIRST`. It prints `made N` before it appends samples up to N, from FIRST on, and
 * `kept N` once they are on disk.
 */
const [compiled = '', dataDir = '', start = '', stepMs = '', first = ''] = process.argv.slice(2);
const load = (module) => createRequire(join(compiled, 'package.json'))(join(compiled, module));
const { openSqliteLog } = load('lib/server/event-log/sqlite-log');
const { systemClock } = load('lib/server/concurrency/clock');
const { History } = load('lib/server/timeseries/history');

const perBatch = 40;
const batches = 50;
const timeOf = (n) => Number(start) + n * Number(stepMs);

const log = await openSqliteLog({ dataDir });
let next = Number(first);
let wall = timeOf(next);
const history = new History({ log, dataDir, clock: { ...systemClock, wallMs: () => wall } });
for (let round = 0; round < batches; round += 1) {
  const events = Array.from({ length: perBatch }, () => {
    const n = next;
    next += 1;
    const t = timeOf(n);
    // By its number alone, so that a test can compute it as well.
    const load1 = ((n * 7919) % 10_007) / 100;
    return { type: 'cpu', host: 'atlas', t, json: JSON.stringify({ t, host: 'atlas', n, load1, cores: [] }) };
  });
  wall = events.at(-1).t;
  process.stdout.write(`made ${next - 1}\n`);
  await log.append(events);
  // A durable event flushes the samples before it.
  if (round % 3 === 0) {
    const json = JSON.stringify({ t: wall, host: 'atlas', text: 'mark' });
    await log.append([{ type: 'message', host: 'atlas', t: wall, json }], 'durable');
    process.stdout.write(`kept ${next - 1}\n`);
  }
  if (round % 2 === 0) await history.settle();
  else await new Promise((resolve) => setImmediate(resolve));
}
// It ends by being killed.
setInterval(() => undefined, 1_000);
