import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { layOut } from '@/lib/testing/linux/fixture-tree';
import { sensorCollector } from './sensor-collector';

const { signal } = new AbortController();

let sysPath: string;
let clock: { ms: number };
let reading: ReturnType<typeof sensorCollector>;
beforeEach(() => {
  sysPath = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  clock = { ms: 1_000_000 };
  const nvidia = { sensors: () => [], close: () => {} };
  reading = sensorCollector({
    procPath: '/nowhere',
    sysPath,
    clock: clockWith({ monotonicMs: () => clock.ms }),
    nvidia,
    firstWaitMs: 60_000,
  });
});
afterEach(() => {
  reading.close();
  rmSync(sysPath, { recursive: true });
});

/** A device of a class, with its attributes. */
function device(className: string, name: string, path: string, attributes: Readonly<Record<string, string>>) {
  const files = Object.entries(attributes).map(([file, content]) => `  ${file}: ${content}`);
  layOut([path, ...files, `class/${className}/${name} -> ../../${path}`].join('\n'), sysPath);
}

async function sensor(id: string) {
  clock.ms += 1;
  return (await reading.collect(signal))?.sensors.find((one) => one.id === id);
}

/** The value once all files have been read. */
async function settled(id: string, companion: string, companionValue: number) {
  await vi.waitFor(async () => expect((await sensor(companion))?.value).toBe(companionValue));
  return (await sensor(id))?.value;
}

const sound = { temp9_input: '40000', temp9_label: 'sound' };

describe('a temperature', () => {
  it.each([
    ['all ones of 9 bits', '511000', null],
    ['all ones of 8 bits', '255000', null],
    ['all ones of 7 bits', '127000', null],
    ['all ones of 8 bits, and one behind the point', '127500', null],
    ['all ones of 11 bits, three behind the point', '255875', null],
    ['all ones of 12 bits, cut to m°C', '127937', null],
    ['all ones of 12 bits, rounded to m°C', '127938', null],
    ['all ones of 16 bits, in hundredths', '655350', null],
    ['next to all ones', '127600', 127.6],
    ['the sign of 8 bits alone', '-128000', null],
    ['near absolute zero', '-263200', null],
    ['absolute zero', '-273150', null],
    ['below what computes', '-100001', null],
    ['a negative number without its sign', '3892313987', null],
    ['cold storage', '-63000', -63],
    ['a kiln', '640500', 640.5],
  ])('that is %s: %s', async (_, raw, value) => {
    const files = { name: 'it8728', temp1_input: raw, ...sound };
    device('hwmon', 'hwmon0', 'devices/platform/it87.656/hwmon/hwmon0', files);
    expect(await settled('it8728-it87-656-temp1', 'it8728-it87-656-sound', 40)).toBe(value);
  });

  it.each([
    ['-263200', null],
    ['511000', null],
    ['48686', 48.686],
  ])('of a thermal zone: %s', async (raw, value) => {
    device('thermal', 'thermal_zone0', 'devices/virtual/thermal/thermal_zone0', { type: 'soc', temp: raw });
    device('hwmon', 'hwmon0', 'devices/platform/it87.656/hwmon/hwmon0', { name: 'it8728', ...sound });
    expect(await settled('thermal-soc', 'it8728-it87-656-sound', 40)).toBe(value);
  });
});

describe('a driver that gives whole degrees', () => {
  it('is known by its zone’s value and trip points', async () => {
    const trips = { trip_point_0_type: 'critical', trip_point_0_temp: '110' };
    const zone = { type: 'cpu_thermal', temp: '47', ...trips };
    device('thermal', 'thermal_zone0', 'devices/virtual/thermal/thermal_zone0', zone);
    await vi.waitFor(async () => expect((await sensor('thermal-cpu-thermal'))?.value).toBe(47));
    expect((await sensor('thermal-cpu-thermal'))?.critical).toBe(110);
  });

  it('is known by its chip’s limits', async () => {
    const files = { name: 'sunxi', temp1_input: '52', temp1_crit: '105' };
    device('hwmon', 'hwmon0', 'devices/platform/sunxi/hwmon/hwmon0', files);
    await vi.waitFor(async () => expect((await sensor('sunxi-temp1'))?.value).toBe(52));
    expect((await sensor('sunxi-temp1'))?.critical).toBe(105);
  });

  it('is known without limits, by what it measures', async () => {
    const files = { name: 'sunxi', temp1_input: '47', temp2_input: '62', temp3_input: '-20' };
    device('hwmon', 'hwmon0', 'devices/platform/sunxi/hwmon/hwmon0', files);
    await vi.waitFor(async () => expect((await sensor('sunxi-temp1'))?.value).toBe(47));
    // What sensors with steps of 1/16 °C say a little above 0 °C.
    await vi.waitFor(async () => expect((await sensor('sunxi-temp2'))?.value).toBe(0.062));
    await vi.waitFor(async () => expect((await sensor('sunxi-temp3'))?.value).toBe(-0.02));
  });

  it('is decided anew with the limits, for value and limits alike', async () => {
    const path = 'devices/platform/sunxi/hwmon/hwmon0';
    device('hwmon', 'hwmon0', path, { name: 'sunxi', temp1_input: '0', temp1_crit: '105' });
    await vi.waitFor(async () => expect((await sensor('sunxi-temp1'))?.value).toBe(0));
    writeFileSync(join(sysPath, path, 'temp1_input'), '52\n');
    clock.ms += 61_000;
    await vi.waitFor(async () =>
      expect(await sensor('sunxi-temp1')).toMatchObject({ value: 52, critical: 105 }),
    );
  });

  it('is not made of one that stands a little above 0 °C', async () => {
    const files = { name: 'lm75', temp1_input: '125', temp1_max: '80000' };
    device('hwmon', 'hwmon0', 'devices/i2c-1/1-0048/hwmon/hwmon0', files);
    await vi.waitFor(async () => expect((await sensor('lm75-1-0048-temp1'))?.value).toBe(0.125));
  });
});

it('of 16 bits of ones, a voltage, a current and a fan are null', async () => {
  const files = {
    name: 'ina226',
    in1_input: '65535',
    curr1_input: '65535',
    fan1_input: '65535',
    in2_input: '12000',
  };
  device('hwmon', 'hwmon0', 'devices/platform/meter.0/hwmon/hwmon0', { ...files, ...sound });
  await settled('ina226-meter-0-in2', 'ina226-meter-0-sound', 40);
  for (const id of ['in1', 'curr1', 'fan1']) expect((await sensor(`ina226-meter-0-${id}`))?.value).toBeNull();
  expect((await sensor('ina226-meter-0-in2'))?.value).toBe(12);
});

it.each(['127000', '255000', '0', '-128000'])('a limit that was never set is none: %s', async (limit) => {
  const limits = { temp1_max: limit, temp1_crit: limit, temp1_emergency: '110000' };
  const files = { name: 'it8728', temp1_input: '41000', ...limits };
  device('hwmon', 'hwmon0', 'devices/platform/it87.656/hwmon/hwmon0', { ...files, ...sound });
  await settled('it8728-it87-656-temp1', 'it8728-it87-656-sound', 40);
  expect(await sensor('it8728-it87-656-temp1')).toMatchObject({ high: null, critical: 110 });
});

describe('a chip’s own attributes', () => {
  const path = 'devices/platform/thermocouple.0/hwmon/hwmon0';
  const id = 'max31865-thermocouple-0';
  const write = (name: string, text: string) => writeFileSync(join(sysPath, path, name), `${text}\n`);

  it('are read with each value: a fault that comes, and one that goes', async () => {
    const files = {
      name: 'max31865',
      temp1_input: '27900',
      temp1_fault: '0',
      temp2_input: '988792',
      temp2_fault: '1',
    };
    device('hwmon', 'hwmon0', path, files);
    await vi.waitFor(async () => expect((await sensor(`${id}-temp1`))?.value).toBe(27.9));
    expect((await sensor(`${id}-temp2`))?.value).toBeNull();
    write('temp1_fault', '1');
    write('temp1_input', '-24202');
    await vi.waitFor(async () => expect((await sensor(`${id}-temp1`))?.value).toBeNull());
    write('temp2_fault', '0');
    write('temp2_input', '21000');
    await vi.waitFor(async () => expect((await sensor(`${id}-temp2`))?.value).toBe(21));
  });

  it('are read again: limits that are changed', async () => {
    device('hwmon', 'hwmon0', path, { name: 'max31865', temp1_input: '27900', temp1_max: '60000' });
    await vi.waitFor(async () => expect((await sensor(`${id}-temp1`))?.high).toBe(60));
    write('temp1_max', '70000');
    clock.ms += 61_000;
    await vi.waitFor(async () => expect((await sensor(`${id}-temp1`))?.high).toBe(70));
  });

  it('are found in its device’s folder, where old drivers have them', async () => {
    const smc = 'devices/platform/applesmc.768';
    const attributes = ['name: applesmc', 'temp1_input: 47250', 'temp1_label: TA0P', 'fan1_input: 1801'];
    layOut(
      [
        smc,
        ...attributes.map((line) => `  ${line}`),
        `${smc}/hwmon/hwmon0`,
        `${smc}/hwmon/hwmon0/device -> ../../../applesmc.768`,
        `class/hwmon/hwmon0 -> ../../${smc}/hwmon/hwmon0`,
      ].join('\n'),
      sysPath,
    );
    await vi.waitFor(async () => expect((await sensor('applesmc-768-ta0p'))?.value).toBe(47.25));
    expect((await sensor('applesmc-768-fan1'))?.value).toBe(1801);
  });
});

describe('a battery', () => {
  it.each([
    [{ capacity: '117' }, 100],
    [{ capacity: '106' }, 100],
    [{ capacity: '100' }, 100],
    [{ capacity: '255' }, null],
    [{ capacity: '-1' }, null],
    [{ charge_full: '4455000', charge_now: '4582000' }, 100],
    [{ energy_full: '1000', energy_now: '65535' }, null],
    [{ energy_full_design: '1000', energy_now: '500' }, 50],
    [{ energy_full: '0', energy_full_design: '1000', energy_now: '500' }, 50],
    [{ capacity: '', charge_full: '1000', charge_now: '250' }, 25],
  ])('that says %j', async (attributes, value) => {
    device('power_supply', 'BAT0', 'devices/LNXSYSTM:00/BAT0', { type: 'Battery', ...attributes });
    device('power_supply', 'BAT1', 'devices/LNXSYSTM:00/BAT1', { type: 'Battery', capacity: '50' });
    expect(await settled('battery-bat0', 'battery-bat1', 50)).toBe(value);
  });
});
