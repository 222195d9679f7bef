import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { expectEveryRollup, type Sample } from '@/lib/testing/plain-history';
import { compile } from '../../../bench/compiled.mjs';
import { History } from './history';

/** The start of a block of every tier but the coarsest. */
const start = 1_795_392_000_000;
/** A step of the tier that is kept for two days: each sample is a step there. */
const stepMs = 10_000;
const kills = 8;
const seed = Number(process.env.HOSTBEAT_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

let dataDir = '';
let compiled = '';

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-crash-'));
  compiled = await compile('lib/server/event-log/sqlite-log', 'lib/server/timeseries/history');
});
afterAll(() => {
  rmSync(dataDir, { recursive: true });
  rmSync(compiled, { recursive: true });
});

/** What a killed run has printed: its last sample, and its last sample on disk. */
interface Printed {
  readonly first: number;
  readonly made: number;
  readonly kept: number;
}

/** Records from sample `first` on, and is killed a while after its first samples were on disk. */
async function killedRun(first: number, afterMs: number): Promise<Printed> {
  const script = join(import.meta.dirname, '../../testing/recorder.child.mjs');
  const child = spawn(process.execPath, [script, compiled, dataDir, `${start}`, `${stepMs}`, `${first}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('kept')) resolve();
    });
  });
  await delay(afterMs);
  child.kill('SIGKILL');
  await once(child, 'close');
  const last = (name: string) =>
    Number([...output.matchAll(new RegExp(`${name} (\\d+)\n`, 'g'))].at(-1)?.[1]);
  return { first, made: last('made'), kept: last('kept') };
}

const sampleOf = (n: number): Sample => [start + n * stepMs, ((n * 7919) % 10_007) / 100];

async function loggedNumbers(log: EventLog): Promise<number[]> {
  const numbers: number[] = [];
  for (const { json } of await log.read(log.tailSeq - 1, 1e9)) {
    const { n } = JSON.parse(json) as { n?: number };
    if (n !== undefined) numbers.push(n);
  }
  return numbers;
}

test(`killed ${kills} times at random, nothing is counted twice and nothing is missing that the log had (HOSTBEAT_TEST_SEED=${seed})`, async () => {
  const runs: Printed[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    runs.push(await killedRun((runs.at(-1)?.made ?? -1) + 1, ((seed >>> kill) * 37) % 260));
  }
  const log = await openSqliteLog({ dataDir });
  const logged = await loggedNumbers(log);
  const lost = runs.flatMap(({ first, made, kept }) => {
    expect(kept).toBeGreaterThan(first);
    const of = logged.filter((n) => n >= first && n <= made);
    expect(of).toEqual(of.map((_, index) => first + index));
    expect(of.at(-1)).toBeGreaterThanOrEqual(kept);
    return Array.from({ length: made - (of.at(-1) ?? 0) }, (_, index) => made - index);
  });
  const last = runs.at(-1)?.made ?? 0;
  const wall = sampleOf(last)[0];
  const history = new History({ log, dataDir, clock: clockWith({ wallMs: () => wall }) });
  await history.settle();
  expect(history.problem).toBeNull();
  const whole = { host: 'atlas', metrics: ['cpu.load1'], from: start, to: wall + stepMs, points: 17_280 };
  const [series] = history.query(whole);
  await history.close();
  await log.close();
  // History may have had some of what the log lost with a crash.
  const inHistory = new Set((series?.points ?? []).flatMap(([t, mean]) => (mean === null ? [] : [t])));
  const early = lost.filter((n) => inHistory.has(sampleOf(n)[0]));
  const samples = [...logged, ...early].sort((one, other) => one - other).map(sampleOf);
  const compared = expectEveryRollup(join(dataDir, 'history.db'), new Map([['cpu.load1', samples]]), wall);
  expect(compared).toBeGreaterThan(logged.length);
});
