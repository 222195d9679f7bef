import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { layOut } from '@/lib/testing/linux/fixture-tree';
import { sensorCollector } from './sensor-collector';

const { signal } = new AbortController();
const card = 'devices/pci0000:00/0000:00:02.0/0000:02:00.0';
const drive = 'devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0';

let sysPath: string;
beforeEach(() => {
  sysPath = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(sysPath, { recursive: true }));

function opened() {
  const clock = { ms: 1_000_000 };
  const nvidia = { sensors: () => [], close: () => {} };
  const reading = sensorCollector({
    procPath: '/nowhere',
    sysPath,
    clock: clockWith({ monotonicMs: () => clock.ms }),
    nvidia,
    firstWaitMs: 60_000,
  });
  return {
    clock,
    reading,
    async value(id: string) {
      clock.ms += 1;
      return (await reading.collect(signal))?.sensors.find((sensor) => sensor.id === id)?.value;
    },
    async labels() {
      return (await reading.collect(signal))?.sensors.map(({ label }) => label) ?? [];
    },
  };
}

const edge = 'amdgpu-0000-02-00-0-temp1';
const busy = 'amdgpu-0000-02-00-0-gpu-busy';

/** A graphics card. What is read from it while it sleeps is caught: those attributes are folders then. */
function layOutCard(state: string, attributes: 'files' | 'folders') {
  const file = (name: string, content: string) => `  ${name}: ${content}`;
  const values = [
    [card, 'gpu_busy_percent', '7'],
    [card, 'mem_info_vram_total', '4294967296'],
    [card, 'mem_info_vram_used', '1048576'],
    [`${card}/hwmon/hwmon0`, 'temp1_input', '41000'],
    [`${card}/hwmon/hwmon0`, 'temp1_crit', '97000'],
  ] as const;
  layOut(
    [
      `${card}/power`,
      file('runtime_status', state),
      `${card}/hwmon/hwmon0/power`,
      file('runtime_status', 'unsupported'),
      `${card}/hwmon/hwmon0`,
      file('name', 'amdgpu'),
      `${card}/drm/card0`,
    ].join('\n'),
    sysPath,
  );
  for (const [folder, name, content] of values) {
    rmSync(join(sysPath, folder, name), { recursive: true, force: true });
    if (attributes === 'files') writeFileSync(join(sysPath, folder, name), `${content}\n`);
    else layOut(`${folder}/${name}`, sysPath);
  }
  if (existsSync(join(sysPath, 'class'))) return;
  layOut(
    [
      `${card}/drm/card0/device -> ../../../0000:02:00.0`,
      `class/hwmon/hwmon0 -> ../../${card}/hwmon/hwmon0`,
      `class/drm/card0 -> ../../${card}/drm/card0`,
    ].join('\n'),
    sysPath,
  );
}

it('reads nothing from a graphics card that sleeps, and goes on when it wakes', async () => {
  layOutCard('suspended', 'files');
  const machine = opened();
  expect(await machine.value(edge)).toBeNull();
  for (let second = 0; second < 90; second += 1) {
    machine.clock.ms += 1_000;
    expect([await machine.value(edge), await machine.value(busy)]).toEqual([null, null]);
  }
  expect(await machine.labels()).toContain('amdgpu VRAM used');
  writeFileSync(join(sysPath, card, 'power/runtime_status'), 'active\n');
  await vi.waitFor(async () => expect(await machine.value(edge)).toBe(41));
  await vi.waitFor(async () => expect(await machine.value(busy)).toBe(7));
  // Its size and limits were not asked for while it slept.
  machine.clock.ms += 60_000;
  await vi.waitFor(async () => expect(await machine.labels()).toContain('amdgpu VRAM used of 4096 MiB'));
  writeFileSync(join(sysPath, card, 'power/runtime_status'), 'suspending\n');
  expect([await machine.value(edge), await machine.value(busy)]).toEqual([null, null]);
  machine.reading.close();
});

it.each(['unsupported', 'active'])(
  'knows by the PCI power state, too, where runtime is %s',
  async (runtime) => {
    layOutCard(runtime, 'files');
    writeFileSync(join(sysPath, card, 'power_state'), 'D3cold\n');
    const machine = opened();
    expect(await machine.value(edge)).toBeNull();
    expect(await machine.value(edge)).toBeNull();
    writeFileSync(join(sysPath, card, 'power_state'), 'D0\n');
    await vi.waitFor(async () => expect(await machine.value(edge)).toBe(41));
    machine.reading.close();
  },
);

it('lets an idle drive be, holds its last temperature for ten minutes, and reads again when it works', async () => {
  const counters = (reads: number) =>
    writeFileSync(join(sysPath, drive, 'block/sda/stat'), `${reads} 0 8 1 0 0 0 0 0 1 1\n`);
  layOut(
    [
      `${drive}/block/sda`,
      `${drive}/hwmon/hwmon1`,
      '  name: drivetemp',
      '  temp1_input: 33000',
      `${drive}/hwmon/hwmon1/device -> ../../../0:0:0:0`,
      `class/hwmon/hwmon1 -> ../../${drive}/hwmon/hwmon1`,
    ].join('\n'),
    sysPath,
  );
  counters(1);
  const machine = opened();
  const id = 'drivetemp-ata1-temp1';
  await machine.value(id);
  await vi.waitFor(async () => expect(await machine.value(id)).toBe(33));
  machine.clock.ms += 61_000;
  writeFileSync(join(sysPath, drive, 'hwmon/hwmon1/temp1_input'), '29000\n');
  expect(await machine.value(id)).toBe(33);
  machine.clock.ms += 500_000;
  expect(await machine.value(id)).toBe(33);
  machine.clock.ms += 50_000;
  expect(await machine.value(id)).toBeNull();
  counters(2);
  await vi.waitFor(async () => expect(await machine.value(id)).toBe(29));
  machine.reading.close();
});
