import { join } from 'node:path';
import { isAsleep, powerPathOf } from './runtime-power';
import {
  celsiusIn,
  inWholeCelsius,
  isUnanswered,
  type Meter,
  type SensorFile,
  type SensorSample,
  scaled,
} from './sensor-file';
import { placeOf, sensorId } from './sensor-id';
import { type Device, namesIn, numberOf, textOf } from './sysfs';

/** What a type of channel measures (Documentation/hwmon/sysfs-interface.rst), and what no such sensor can. */
interface Channel extends Pick<SensorSample, 'kind' | 'unit'> {
  readonly divisor: number;
  /** A meter for raw numbers in parts of a unit. */
  readonly meterIn: (divisor: number) => () => Meter;
  /** A limit past this is what a chip has that was never set. */
  readonly limitMost: number;
  readonly high: readonly string[];
  readonly critical: readonly string[];
}

/** What registers of 16 and 32 bits have when all of them are ones. */
const allOnes: readonly number[] = [0xffff, 0xffff_ffff];
const within = (min: number, max: number) => (divisor: number) => () => {
  const meter = scaled(divisor, min, max)();
  return (raw: number, atMs: number) => (allOnes.includes(raw) ? null : meter(raw, atMs));
};

const channels: Readonly<Record<string, Channel>> = {
  temp: {
    ...{ kind: 'temperature', unit: '°C', divisor: 1000, meterIn: celsiusIn, limitMost: 250 },
    ...{ high: ['max'], critical: ['crit', 'emergency'] },
  },
  fan: {
    // All ones is what answers for a fan that is not there.
    ...{ kind: 'fan', unit: 'rpm', divisor: 1, meterIn: within(0, 65_534), limitMost: 65_534 },
    ...{ high: ['max'], critical: [] },
  },
  in: {
    ...{ kind: 'voltage', unit: 'V', divisor: 1000, meterIn: within(-1000, 1000), limitMost: 1000 },
    ...{ high: ['max'], critical: ['crit'] },
  },
  power: {
    ...{ kind: 'power', unit: 'W', divisor: 1e6, meterIn: within(-100_000, 100_000), limitMost: 100_000 },
    ...{ high: ['max', 'cap'], critical: ['crit'] },
  },
  curr: {
    ...{ kind: 'custom', unit: 'A', divisor: 1000, meterIn: within(-10_000, 10_000), limitMost: 10_000 },
    ...{ high: ['max'], critical: ['crit'] },
  },
  humidity: {
    ...{ kind: 'humidity', unit: '%', divisor: 1000, meterIn: within(0, 100), limitMost: 100 },
    ...{ high: ['max'], critical: [] },
  },
  freq: {
    ...{ kind: 'custom', unit: 'MHz', divisor: 1e6, meterIn: within(0, 100_000), limitMost: 100_000 },
    ...{ high: [], critical: [] },
  },
};

/**
 * Where a chip's attributes are: in its own folder, and for drivers from before 2.6.31 or so in its `device`
 * (https://docs.kernel.org/hwmon/sysfs-interface.html; libsensors looks in both).
 */
const foldersOf = ({ path }: Device) => [path, join(path, 'device')];

/** A chip's own name, such as `coretemp`; `null` when it has none, as nothing that is a chip. */
export async function chipName(device: Device): Promise<string | null> {
  for (const folder of foldersOf(device)) {
    const name = await textOf(folder, 'name');
    if (name !== null) return name;
  }
  return null;
}

/** Every channel of a hwmon chip that measures, with its label and limits; limits are unknown while it sleeps. */
export async function examineChip(sysPath: string, device: Device): Promise<SensorFile[]> {
  const chip = await chipName(device);
  if (chip === null) return [];
  const place = placeOf(sysPath, device.path);
  const powerPath = await powerPathOf(sysPath, device.path);
  const isAwake = powerPath === null || !isAsleep(powerPath);
  const activityPath = chip === 'drivetemp' ? await driveStatOf(device.path) : null;
  // Some chips are called by their owner, and a drive has the name of its model.
  const title =
    (await textOf(device.path, 'label')) ?? (await textOf(join(device.path, 'device'), 'model')) ?? chip;

  const files: SensorFile[] = [];
  for (const { type, stem, input, folder, hasFault } of await channelsOf(device)) {
    const channel = channels[type];
    if (!channel) continue;
    const label = (await textOf(folder, `${stem}_label`)) ?? stem;
    const id = sensorId(chip, place, label);
    const limits = (names: readonly string[]) => (isAwake ? limitsOf(folder, stem, names) : []);
    const [high, critical] = [await limits(channel.high), await limits(channel.critical)];
    const divisor =
      type === 'temp' && isAwake && inWholeCelsius(await numberOf(folder, input), [...high, ...critical])
        ? 1
        : channel.divisor;
    files.push({
      // A label without a letter that an address can have would leave two sensors with the chip's own id.
      id: id === sensorId(chip, place, '') ? sensorId(chip, place, stem) : id,
      label: `${title} ${label}`.slice(0, 128),
      kind: channel.kind,
      unit: channel.unit,
      high: firstLimit(high, divisor, channel.limitMost),
      critical: firstLimit(critical, divisor, channel.limitMost),
      path: join(folder, input),
      place,
      ...(hasFault ? { faultPath: join(folder, `${stem}_fault`) } : {}),
      ...(powerPath === null ? {} : { powerPath }),
      ...(activityPath === null ? {} : { activityPath }),
      meter: channel.meterIn(divisor),
      meterBasis: divisor,
    });
  }
  return files;
}

/** The channels of a chip, each from the first folder that has it. */
async function channelsOf(device: Device) {
  const taken = new Set<string>();
  const found: (ReturnType<typeof inputsAmong>[number] & { folder: string; hasFault: boolean })[] = [];
  for (const folder of foldersOf(device)) {
    const names = await namesIn(folder);
    const here = inputsAmong(names).filter(({ stem }) => !taken.has(stem));
    for (const { stem } of here) taken.add(stem);
    found.push(...here.map((one) => ({ ...one, folder, hasFault: names.includes(`${one.stem}_fault`) })));
  }
  return found;
}

/** The counters of the drive that a `drivetemp` chip is on; `null` when they are not found. */
async function driveStatOf(path: string): Promise<string | null> {
  const block = join(path, 'device/block');
  const [name] = await namesIn(block);
  return name === undefined ? null : join(block, name, 'stat');
}

/** The channels among a chip's files, by type and number. An average stands in where there is no input. */
function inputsAmong(names: readonly string[]) {
  const has = new Set(names);
  return names
    .flatMap((input) => {
      const [, stem = '', type = '', index = ''] =
        /^((temp|fan|in|power|curr|humidity|freq)(\d{1,3}))_(?:input|average)$/.exec(input) ?? [];
      const isDoubled = input.endsWith('_average') && has.has(`${stem}_input`);
      return stem === '' || isDoubled ? [] : [{ type, stem, input, index: Number(index) }];
    })
    .sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type) || a.index - b.index);
}

const order = Object.keys(channels);

/** The numbers of those limits that the channel has, above 0. */
async function limitsOf(path: string, stem: string, names: readonly string[]): Promise<number[]> {
  const limits: number[] = [];
  for (const name of names) {
    const raw = await numberOf(path, `${stem}_${name}`);
    if (raw !== null && raw > 0) limits.push(raw);
  }
  return limits;
}

function firstLimit(raws: readonly number[], divisor: number, most: number): number | null {
  const limits = raws.map((raw) => Math.round((raw / divisor) * 1000) / 1000);
  return limits.find((limit) => limit > 0 && limit <= most && !isUnanswered(limit)) ?? null;
}
