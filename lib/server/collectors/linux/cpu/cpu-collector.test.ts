import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpuSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { cpuCollector } from './cpu-collector';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A CPU of one core whose modes are at `at(second)` ticks. */
async function secondsOf(at: (second: number) => readonly (number | string)[], seconds: number) {
  let nowMs = 0;
  const path = join(folder, 'proc/stat');
  mkdirSync(dirname(path), { recursive: true });
  const reading = cpuCollector({
    procPath: join(folder, 'proc'),
    sysPath: join(folder, 'sys'),
    clock: clockWith({ monotonicMs: () => nowMs }),
  });
  const samples: unknown[] = [];
  for (let second = 0; second <= seconds; second++) {
    const columns = at(second).join(' ');
    writeFileSync(path, `cpu  ${columns}\ncpu0 ${columns}\nintr 0\nprocs_running -1\nprocs_blocked 2\n`);
    const sample = await reading.collect(signal);
    if (second > 0) samples.push(cpuSchema.parse({ t: 0, host: 'a', ...sample }));
    nowMs += 1_000;
  }
  return samples;
}

describe('the CPU, second by second, when one mode', () => {
  const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guestNice'];
  const busy = (second: number) => [1000 + second * 20, 0, 500, 90_000 + second * 80, 0, 0, 0, 0, 0, 0];

  it.each(modes.slice(1).filter((mode) => mode !== 'idle'))('runs backwards for ever: %s', async (mode) => {
    const at = modes.indexOf(mode);
    const samples = await secondsOf((second) => busy(second).with(at, 10 ** 15 - second * 832_457_433), 3);
    for (const sample of samples) {
      expect(sample).toMatchObject({
        totalPercent: 20,
        userPercent: 20,
        cores: [20],
        runningTasks: null,
        blockedTasks: 2,
      });
    }
  });

  it.each(['-1', 'nan', '18446744073709551615', 'x'])('is %s', async (figure) => {
    const told = async (mode: string) =>
      secondsOf((second) => (busy(second) as (number | string)[]).with(modes.indexOf(mode), figure), 2);
    expect(await told('steal')).toMatchObject(
      Array(2).fill({ totalPercent: 20, userPercent: 20, stealPercent: null }),
    );
    // By the clock, where the ticks do not tell how much time passed.
    expect(await told('idle')).toMatchObject(Array(2).fill({ totalPercent: 20, userPercent: 20 }));
    expect(await told('user')).toMatchObject(Array(2).fill({ totalPercent: 20, userPercent: null }));
  });

  it('jumps up by more than any time', async () => {
    const samples = await secondsOf((second) => busy(second).with(7, second * 10 ** 12), 2);
    expect(samples).toMatchObject(Array(2).fill({ totalPercent: 20, stealPercent: null, cores: [20] }));
  });
});
