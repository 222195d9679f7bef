import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sensorDataSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import type { Machine } from '@/lib/testing/linux/fixture';
import { layOutMachine } from '@/lib/testing/linux/fixture-machine';
import { layOut } from '@/lib/testing/linux/fixture-tree';
import type { GpuMonitor } from './nvidia-stream';
import { type SensorCollector, sensorCollector } from './sensor-collector';
import type { SensorSample } from './sensor-file';

const { signal } = new AbortController();
const noCards: GpuMonitor = { sensors: () => [], close: () => {} };

let folder: string;
let reading: SensorCollector | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => {
  reading?.close();
  rmSync(folder, { recursive: true });
});

/** A machine's sensors, by a clock that stands still until the test moves it. */
function sensorsOf(name: Machine, nvidia = noCards) {
  const machine = layOutMachine(name, folder);
  const clock = { ms: 1_000_000 };
  const opened = sensorCollector({
    ...machine,
    clock: clockWith({ monotonicMs: () => clock.ms }),
    nvidia,
    firstWaitMs: 60_000,
  });
  reading = opened;
  const read = async (): Promise<readonly SensorSample[]> => (await opened.collect(signal))?.sensors ?? [];
  return {
    ...machine,
    clock,
    reading: opened,
    read,
    async settled() {
      await read();
      await vi.waitFor(async () => expect((await read()).some(({ value }) => value !== null)).toBe(true));
    },
    async value(id: string) {
      clock.ms += 1;
      return (await read()).find((sensor) => sensor.id === id)?.value;
    },
  };
}

const rows = (sensors: readonly SensorSample[]) =>
  sensors.map(({ id, label, value, unit, high, critical }) => [id, label, value, unit, high, critical]);

describe('the sensors of a server', () => {
  it('are those of its eight chips and two packages, each once, with ids of what stays', async () => {
    const server = sensorsOf('rack-server');
    await server.settled();
    server.clock.ms += 1000;
    server.passSecond();
    const sensors = await server.read();
    const sample = { t: 0, host: 'atlas', sensors };
    expect(sensorDataSchema.parse(sample)).toEqual(sample);
    expect(rows(sensors)).toEqual([
      ['drivetemp-ata1-temp1', 'ST4000NM000A-2HZ temp1', 33, '°C', 60, 70],
      ['power-meter-acpi000d-00-power1', 'power_meter power1', 214, 'W', 450, null],
      ['coretemp-0-package-id-0', 'coretemp Package id 0', 64, '°C', 80, 100],
      ['coretemp-0-core-0', 'coretemp Core 0', 58, '°C', 80, 100],
      ['coretemp-1-package-id-1', 'coretemp Package id 1', 55, '°C', 80, 100],
      ['nct6779-nct6775-656-systin', 'nct6779 SYSTIN', 38, '°C', null, null],
      ['nct6779-nct6775-656-pch-chip-temp', 'nct6779 PCH_CHIP_TEMP', 51, '°C', null, null],
      // Nothing is connected to it: known, and without a value for as long as it says so.
      ['nct6779-nct6775-656-auxtin3', 'nct6779 AUXTIN3', null, '°C', null, null],
      ['nct6779-nct6775-656-cpu-fan', 'nct6779 CPU fan', 1204, 'rpm', null, null],
      ['nct6779-nct6775-656-fan2', 'nct6779 fan2', 900, 'rpm', null, null],
      ['nct6779-nct6775-656-fan10', 'nct6779 fan10', 2500, 'rpm', null, null],
      ['nct6779-nct6775-656-vcore', 'nct6779 Vcore', 1.016, 'V', 1.744, null],
      ['nct6779-nct6775-656-in1', 'nct6779 in1', -12.096, 'V', null, null],
      ['nvme-0000-03-00-0-composite', 'Fastdisk 980 1TB Composite (0000:03:00.0)', 42.85, '°C', null, 84.85],
      ['nvme-0000-04-00-0-composite', 'Fastdisk 980 1TB Composite (0000:04:00.0)', 39.85, '°C', 81.85, 84.85],
      ['jc42-0-0018-temp1', 'DIMM A1 temp1', 36.25, '°C', 85, 95],
      ['jc42-0-0018-curr1', 'DIMM A1 curr1', 1.25, 'A', null, null],
      ['jc42-0-0018-humidity1', 'DIMM A1 humidity1', 41.5, '%', null, null],
      // 60 J past the end of the counter's range, half a watt second, and a counter that was set back.
      ['rapl-package-0', 'RAPL package-0', 60, 'W', null, null],
      ['rapl-package-0-dram', 'RAPL package-0 dram', 4.5, 'W', null, null],
      ['rapl-package-1', 'RAPL package-1', null, 'W', null, null],
    ]);
  });

  it('keep their ids when the chips are numbered in another order', async () => {
    const server = sensorsOf('rack-server');
    await server.settled();
    const before = (await server.read()).map(({ id }) => id);
    const hwmon = join(server.sysPath, 'class/hwmon');
    rmSync(hwmon, { recursive: true });
    layOut(
      [
        'class/hwmon/hwmon0 -> ../../devices/pci0000:00/0000:00:1c.4/0000:04:00.0/nvme/nvme0/hwmon6',
        'class/hwmon/hwmon1 -> ../../devices/pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme1/hwmon5',
        'class/hwmon/hwmon2 -> ../../devices/platform/coretemp.1/hwmon/hwmon3',
      ].join('\n'),
      server.sysPath,
    );
    const again = sensorCollector({
      ...server,
      clock: clockWith({ monotonicMs: () => server.clock.ms }),
      nvidia: noCards,
    });
    await again.collect(signal);
    const after = ((await again.collect(signal))?.sensors ?? []).map(({ id }) => id);
    again.close();
    expect(after).toContain('nvme-0000-03-00-0-composite');
    expect(before).toEqual(expect.arrayContaining(after));
  });

  it('come and go with their chips, within a minute', async () => {
    const server = sensorsOf('rack-server');
    await server.settled();
    rmSync(join(server.sysPath, 'class/hwmon/hwmon0'));
    layOut(
      'devices/platform/pwmfan/hwmon/hwmon9\n  name: pwmfan\n  fan1_input: 4200\n' +
        'class/hwmon/hwmon9 -> ../../devices/platform/pwmfan/hwmon/hwmon9',
      server.sysPath,
    );
    server.clock.ms += 59_000;
    await server.read();
    expect(await server.value('drivetemp-ata1-temp1')).toBe(33);
    server.clock.ms += 2_000;
    await vi.waitFor(async () => expect(await server.value('pwmfan-fan1')).toBe(4200));
    expect(await server.value('drivetemp-ata1-temp1')).toBeUndefined();
    expect(await server.value('rapl-package-0')).not.toBeUndefined();
  });

  it('are null while their file has no value, without affecting the others', async () => {
    const server = sensorsOf('rack-server');
    await server.settled();
    const chip = join(server.sysPath, 'devices/platform/coretemp.0/hwmon/hwmon2');
    const garbage = ['', 'N/A\n', '\0\xff\x01', '9'.repeat(5_000_000), '-999999999\n', '12 34\n'];
    for (const text of garbage) {
      writeFileSync(join(chip, 'temp1_input'), text);
      expect(await server.value('coretemp-0-package-id-0')).toBeNull();
      expect(await server.value('coretemp-0-core-0')).toBe(58);
    }
    rmSync(join(chip, 'temp1_input'));
    expect(await server.value('coretemp-0-package-id-0')).toBeNull();
    writeFileSync(join(chip, 'temp1_input'), '50000\n');
    expect(await server.value('coretemp-0-package-id-0')).toBe(50);
  });

  it('has no RAPL where that is for root alone, until the right is given', async () => {
    const server = sensorsOf('rack-server');
    const energy = join(server.sysPath, 'devices/virtual/powercap/intel-rapl/intel-rapl:1/energy_uj');
    chmodSync(folder, 0o755);
    chmodSync(energy, 0o400);
    if (process.geteuid?.() === 0) process.seteuid?.(65534);
    try {
      await server.settled();
      expect(await server.value('rapl-package-0')).not.toBeUndefined();
      expect(await server.value('rapl-package-1')).toBeUndefined();
    } finally {
      if (process.getuid?.() === 0) process.seteuid?.(0);
    }
    chmodSync(energy, 0o444);
    server.clock.ms += 60_000;
    await vi.waitFor(async () => expect(await server.value('rapl-package-1')).not.toBeUndefined());
  });
});

it('those of a laptop have batteries, both graphics, and each zone that no chip shows', async () => {
  const laptop = sensorsOf('laptop');
  await laptop.settled();
  laptop.clock.ms += 1000;
  laptop.passSecond();
  expect(rows(await laptop.read())).toEqual([
    ['acpitz-temp1', 'acpitz temp1', 46, '°C', null, 128],
    ['iwlwifi-1-0000-02-00-0-temp1', 'iwlwifi_1 temp1', 39, '°C', null, null],
    ['coretemp-0-package-id-0', 'coretemp Package id 0', 47, '°C', 100, 100],
    ['thinkpad-hwmon-temp1', 'thinkpad temp1', 46, '°C', null, null],
    ['thinkpad-hwmon-temp2', 'thinkpad temp2', null, '°C', null, null],
    ['thinkpad-hwmon-fan1', 'thinkpad fan1', 2840, 'rpm', null, null],
    ['thinkpad-hwmon-fan2', 'thinkpad fan2', null, 'rpm', null, null],
    ['thermal-sen1', 'SEN1', 41.05, '°C', 85, 99],
    ['battery-bat0', 'BAT0', 80, '%', null, null],
    ['battery-bat1', 'BAT1', 100, '%', null, null],
    ['battery-wireless-mouse-m510', 'Wireless Mouse M510', 55, '%', null, null],
    ['amdgpu-0000-05-00-0-gpu-busy', 'amdgpu GPU busy', 37, '%', null, null],
    ['amdgpu-0000-05-00-0-vram-used', 'amdgpu VRAM used of 8176 MiB', 1024, 'MiB', null, null],
    ['i915-0000-00-02-0-gpu-clock', 'i915 GPU clock', 1100, 'MHz', null, null],
    ['i915-0000-00-02-0-gpu-awake', 'i915 GPU awake', 25, '%', null, null],
  ]);
  expect((await laptop.read()).filter(({ kind }) => kind === 'battery')).toHaveLength(3);
});

it('that of a Raspberry Pi is its thermal zone', async () => {
  const pi = sensorsOf('raspberry-pi');
  await pi.settled();
  expect(rows(await pi.read())).toEqual([['thermal-cpu-thermal', 'cpu-thermal', 48.686, '°C', null, 110]]);
  pi.passSecond();
  expect(await pi.value('thermal-cpu-thermal')).toBe(49.173);
});

describe('where there is none', () => {
  it('as on a VM, it has no sample, and no error', async () => {
    const vm = sensorsOf('old-vm');
    expect(await vm.reading.collect(signal)).toBeNull();
    expect(await vm.reading.collect(signal)).toBeNull();
  });

  it('as there is no sysfs, likewise', async () => {
    const nowhere = sensorCollector({ procPath: '/nowhere', sysPath: '/nowhere', nvidia: noCards });
    expect(await nowhere.collect(signal)).toBeNull();
  });

  it('the cards of another source are sampled alone', async () => {
    const card = { id: 'nvidia-1-busy', label: 'busy', kind: 'custom', unit: '%', value: 3 } as const;
    const vm = sensorsOf('old-vm', { ...noCards, sensors: () => [{ ...card, high: null, critical: null }] });
    expect(await vm.value('nvidia-1-busy')).toBe(3);
  });
});

it('bears odd labels: bytes of any kind, the same twice, none at all', async () => {
  const vm = sensorsOf('old-vm');
  layOut(
    [
      'devices/platform/odd.0/hwmon/hwmon0',
      '  name: o\\x1b[31md\\xe2\\x80\\xaed',
      '  temp1_input: 1000',
      '  temp1_label: \\xe6\\xb8\\xa9\\xe5\\xba\\xa6',
      '  temp2_input: 2000',
      '  temp2_label: same',
      '  temp3_input: 3000',
      '  temp3_label: same',
      `  temp4_label: ${'long '.repeat(50)}`,
      '  temp4_input: 4000',
      'class/hwmon/hwmon0 -> ../../devices/platform/odd.0/hwmon/hwmon0',
    ].join('\n'),
    vm.sysPath,
  );
  await vm.settled();
  const sensors = await vm.read();
  const sample = { t: 0, host: 'atlas', sensors };
  expect(sensorDataSchema.parse(sample)).toEqual(sample);
  expect(sensors.map(({ id }) => id.slice(0, 30))).toEqual([
    'o-31md-d-odd-0-temp1',
    'o-31md-d-odd-0-same',
    'o-31md-d-odd-0-same-2',
    'o-31md-d-odd-0-long-long-long-',
  ]);
  expect(sensors[0]?.label).toBe('o\ufffd[31md\ufffdd 温度');
  expect(new Set(sensors.map(({ label }) => label)).size).toBe(4);
});

it('reads nothing from a folder that only claims to be a chip', async () => {
  const vm = sensorsOf('old-vm');
  mkdirSync(join(vm.sysPath, 'class/hwmon/hwmon0/temp1_input'), { recursive: true });
  mkdirSync(join(vm.sysPath, 'class/thermal/thermal_zone0/temp'), { recursive: true });
  writeFileSync(join(vm.sysPath, 'class/power_supply'), 'a file');
  expect(await vm.reading.collect(signal)).toBeNull();
});

it.runIf(process.platform === 'linux')('reads this machine, whatever it has', async () => {
  const here = sensorCollector({ procPath: '/proc', sysPath: '/sys' });
  const sample = await here.collect(signal);
  here.close();
  if (sample) {
    const event = { t: 0, host: 'atlas', ...sample };
    expect(sensorDataSchema.parse(event)).toEqual(event);
  }
});
