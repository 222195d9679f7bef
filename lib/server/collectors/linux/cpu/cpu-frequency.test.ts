import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fixturePath } from '@/lib/testing/linux/fixture';
import { openCpuFrequency } from './cpu-frequency';

let sysPath: string;
beforeEach(() => {
  sysPath = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(sysPath, { recursive: true }));

function writeKHz(cpu: number, text: string): void {
  const folder = join(sysPath, `devices/system/cpu/cpu${cpu}/cpufreq`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'scaling_cur_freq'), text);
}

it('is the mean of the cores, from the first sample on', async () => {
  const frequency = openCpuFrequency(fixturePath('laptop', 'sys'));
  expect(frequency.meanMHz()).toBeNull();
  await vi.waitFor(() => expect(frequency.meanMHz()).toBe(2000));
});

it('leaves out cores without a frequency', async () => {
  ['1000000\n', '<unknown>\n', '', '0\n', '3000000\n'].forEach((text, cpu) => {
    writeKHz(cpu, text);
  });
  const frequency = openCpuFrequency(sysPath);
  await frequency.refresh();
  expect(frequency.meanMHz()).toBe(2000);
});

it('reads some of many cores, evenly', async () => {
  for (let cpu = 0; cpu < 200; cpu += 1) writeKHz(cpu, `${1_000_000 + cpu * 10_000}\n`);
  const frequency = openCpuFrequency(sysPath);
  await frequency.refresh();
  expect(Math.abs((frequency.meanMHz() ?? 0) - 1995)).toBeLessThan(60);
});

it('is null where there is no cpufreq', async () => {
  const frequency = openCpuFrequency(fixturePath('old-vm', 'sys'));
  await frequency.refresh();
  expect(frequency.meanMHz()).toBeNull();
});
