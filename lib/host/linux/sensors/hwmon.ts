import { join } from 'node:path';
import { type SensorFile, type SensorSample, scaled } from './sensor-file';
import { placeOf, sensorId } from './sensor-id';
import { type Device, namesIn, numberOf, textOf } from './sysfs';

/** What a type of channel measures (Documentation/hwmon/sysfs-interface.rst), and what no such sensor can. */
interface Channel extends Pick<SensorSample, 'kind' | 'unit'> {
  readonly divisor: number;
  readonly least: number;
  readonly most: number;
  /** A limit past this is what a chip has that was never set. */
  readonly limitMost: number;
  readonly high: readonly string[];
  readonly critical: readonly string[];
}

const channels: Readonly<Record<string, Channel>> = {
  temp: {
    ...{ kind: 'temperature', unit: '°C', divisor: 1000, least: -273, most: 1000, limitMost: 250 },
    ...{ high: ['max'], critical: ['crit', 'emergency'] },
  },
  fan: {
    // All ones is what answers for a fan that is not there.
    ...{ kind: 'fan', unit: 'rpm', divisor: 1, least: 0, most: 65_534, limitMost: 65_534 },
    ...{ high: ['max'], critical: [] },
  },
  in: {
    ...{ kind: 'voltage', unit: 'V', divisor: 1000, least: -1000, most: 1000, limitMost: 1000 },
    ...{ high: ['max'], critical: ['crit'] },
  },
  power: {
    ...{ kind: 'power', unit: 'W', divisor: 1e6, least: -100_000, most: 100_000, limitMost: 100_000 },
    ...{ high: ['max', 'cap'], critical: ['crit'] },
  },
  curr: {
    ...{ kind: 'custom', unit: 'A', divisor: 1000, least: -10_000, most: 10_000, limitMost: 10_000 },
    ...{ high: ['max'], critical: ['crit'] },
  },
  humidity: {
    ...{ kind: 'humidity', unit: '%', divisor: 1000, least: 0, most: 100, limitMost: 100 },
    ...{ high: ['max'], critical: [] },
  },
  freq: {
    ...{ kind: 'custom', unit: 'MHz', divisor: 1e6, least: 0, most: 100_000, limitMost: 100_000 },
    ...{ high: [], critical: [] },
  },
};

/** A chip's own name, such as `coretemp`; `null` when it has none, as nothing that is a chip. */
export const chipName = ({ path }: Device) => textOf(path, 'name');

/** Every channel of a hwmon chip that measures, with its label and limits. */
export async function examineChip(sysPath: string, device: Device): Promise<SensorFile[]> {
  const chip = await chipName(device);
  if (chip === null) return [];
  const place = placeOf(sysPath, device.path);
  // Some chips are called by their owner, and a drive has the name of its model.
  const title =
    (await textOf(device.path, 'label')) ?? (await textOf(join(device.path, 'device'), 'model')) ?? chip;

  const files: SensorFile[] = [];
  for (const { type, stem, input } of inputsAmong(await namesIn(device.path))) {
    const channel = channels[type];
    if (!channel || (await numberOf(device.path, `${stem}_fault`)) === 1) continue;
    const label = (await textOf(device.path, `${stem}_label`)) ?? stem;
    const id = sensorId(chip, place, label);
    files.push({
      // A label without a letter that an address can have would leave two sensors with the chip's own id.
      id: id === sensorId(chip, place, '') ? sensorId(chip, place, stem) : id,
      label: `${title} ${label}`.slice(0, 128),
      kind: channel.kind,
      unit: channel.unit,
      high: await limitOf(device.path, stem, channel, channel.high),
      critical: await limitOf(device.path, stem, channel, channel.critical),
      path: join(device.path, input),
      place,
      meter: scaled(channel.divisor, channel.least, channel.most),
    });
  }
  return files;
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

async function limitOf(path: string, stem: string, channel: Channel, names: readonly string[]) {
  for (const name of names) {
    const raw = await numberOf(path, `${stem}_${name}`);
    const limit = raw === null ? null : Math.round((raw / channel.divisor) * 1000) / 1000;
    if (limit !== null && limit > 0 && limit <= channel.limitMost) return limit;
  }
  return null;
}
