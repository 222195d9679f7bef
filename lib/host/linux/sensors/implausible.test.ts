import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { layOut } from '../fixture-tree';
import { sensorReading } from './sensor-reading';

const { signal } = new AbortController();

let sysPath: string;
let clock: { ms: number };
let reading: ReturnType<typeof sensorReading>;
beforeEach(() => {
  sysPath = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  clock = { ms: 1_000_000 };
  const nvidia = { sensors: () => [], close: () => {} };
  reading = sensorReading({
    procPath: '/nowhere',
    sysPath,
    now: () => clock.ms,
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
  return (await reading.read(signal))?.sensors.find((one) => one.id === id);
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

  it('is not made of one that stands a little above 0 °C', async () => {
    const files = { name: 'lm75', temp1_input: '125', temp1_max: '80000' };
    device('hwmon', 'hwmon0', 'devices/i2c-1/1-0048/hwmon/hwmon0', files);
    await vi.waitFor(async () => expect((await sensor('lm75-1-0048-temp1'))?.value).toBe(0.125));
  });
});

describe('what a chip says of itself', () => {
  const path = 'devices/platform/thermocouple.0/hwmon/hwmon0';
  const id = 'max31865-thermocouple-0';
  const write = (name: string, text: string) => writeFileSync(join(sysPath, path, name), `${text}\n`);

  it('is asked with each value: a fault that comes, and one that goes', async () => {
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

  it('is looked at again: limits that are changed', async () => {
    device('hwmon', 'hwmon0', path, { name: 'max31865', temp1_input: '27900', temp1_max: '60000' });
    await vi.waitFor(async () => expect((await sensor(`${id}-temp1`))?.high).toBe(60));
    write('temp1_max', '70000');
    clock.ms += 61_000;
    await vi.waitFor(async () => expect((await sensor(`${id}-temp1`))?.high).toBe(70));
  });

  it('is looked for in its device’s folder, where old drivers have it', async () => {
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
  ])('that says %j', async (attributes, value) => {
    device('power_supply', 'BAT0', 'devices/LNXSYSTM:00/BAT0', { type: 'Battery', ...attributes });
    device('power_supply', 'BAT1', 'devices/LNXSYSTM:00/BAT1', { type: 'Battery', capacity: '50' });
    expect(await settled('battery-bat0', 'battery-bat1', 50)).toBe(value);
  });
});
