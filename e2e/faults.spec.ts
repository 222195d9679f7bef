import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openSmallDisk } from '@/lib/testing/small-disk';
import { faultKinds } from './fault-kinds';
import { openFaultRun } from './fault-run';
import { branch, type Random, randomFrom } from './random';

/** bench/faults.mjs has it go on for longer. */
const seconds = Number(process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? 60);
const diskKib = 96 * 1024;

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

test(`faults at random for ${seconds} s: ids rise, what was acknowledged is there once, health recovers`, async () => {
  test.setTimeout(seconds * 20_000 + 900_000);
  const seed = Number(process.env.HOSTBEAT_TEST_SEED ?? randomInt(2 ** 31));
  console.log(`faults: HOSTBEAT_TEST_SEED=${seed} repeats their order`);
  const disk = openSmallDisk(diskKib);
  const folder = typeof disk === 'string' ? mkdtempSync(join(tmpdir(), 'hostbeat-faults-')) : disk.path;
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const kinds = faultKinds.filter(({ needsDisk }) => !needsDisk || typeof disk !== 'string');
  if (typeof disk === 'string') {
    const left = faultKinds.filter((kind) => !kinds.includes(kind)).map(({ name }) => name);
    test.info().annotations.push({ type: 'left out', description: `${left.join('; ')}: ${disk}` });
    console.log(`faults: without ${left.join('; ')}, since ${disk}`);
  }
  const random = randomFrom(seed);
  const counts = new Map<string, number>();
  const until = performance.now() + seconds * 1_000;
  const run = await openFaultRun(seed, dataDir, typeof disk === 'string' ? null : disk);
  try {
    // From here on everybody has a place to resume from, and the log its first events on disk.
    await run.reachesAll();
    // Each kind once at least, however slow the machine is, and then for as long as there is time.
    for (let round = 0; round === 0 || performance.now() < until; round += 1) {
      for (const kind of shuffled(kinds, random)) {
        if (round > 0 && performance.now() >= until) break;
        await test.step(kind.name, async () => {
          await kind.happen(run, branch(seed, 10 + [...counts.values()].reduce((sum, one) => sum + one, 0)));
          await run.health(null);
          await run.reachesAll();
        });
        counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1);
      }
    }
    const summary = await run.verify();
    console.log(`faults: ${JSON.stringify(Object.fromEntries(counts))}; ${summary}`);
    expect([...counts.keys()].sort()).toEqual(kinds.map(({ name }) => name).sort());
  } finally {
    await run.server().stop('SIGKILL');
    if (typeof disk !== 'string') disk.unmount();
    else rmSync(folder, { recursive: true });
  }
});
