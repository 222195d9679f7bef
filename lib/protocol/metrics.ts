import type { LoggedPayloads, SampleType } from './event-types';
import type { SensorData } from './payloads';

/** A metric's name taken apart: `<group>.<field>`, or `<group>.<item>.<field>` where only an item may contain dots. */
export interface MetricParts {
  /** A key of `metricGroups`, or `user-login`; anything in a metric of another version. */
  readonly group: string;
  /** `null` for a metric of the machine as a whole. */
  readonly item: string | null;
  readonly field: string;
}

interface MetricGroup {
  /** The event type whose samples have these metrics. */
  readonly type: SampleType;
  /** What its items are, as rules may match them with `*`; `null` where a metric is of the machine as a whole. */
  readonly item: 'core' | 'resource' | 'interface' | 'device' | 'sensor' | 'mount' | 'container' | null;
}

/** The first part of each metric's name. A group is named like its event type, except for sensors. */
const metricGroups = {
  cpu: { type: 'cpu', item: 'core' },
  memory: { type: 'memory', item: null },
  pressure: { type: 'pressure', item: 'resource' },
  network: { type: 'network', item: 'interface' },
  disk: { type: 'disk', item: 'device' },
  sensor: { type: 'sensor-data', item: 'sensor' },
  filesystem: { type: 'filesystem', item: 'mount' },
  processes: { type: 'processes', item: null },
  containers: { type: 'containers', item: 'container' },
} as const satisfies Readonly<Record<string, MetricGroup>>;

/** The catalog's entry of a group; `null` for a name that is none. */
export function metricGroupOf(group: string): MetricGroup | null {
  return Object.hasOwn(metricGroups, group) ? metricGroups[group as keyof typeof metricGroups] : null;
}

/** The inverse of `metricName`. Without a dot, all of it is the group. */
export function partsOfMetric(name: string): MetricParts {
  const first = name.indexOf('.');
  const last = name.lastIndexOf('.');
  if (first < 0) return { group: name, item: null, field: '' };
  const item = first === last ? null : name.slice(first + 1, last);
  return { group: name.slice(0, first), item, field: name.slice(last + 1) };
}

export function metricName({ group, item, field }: MetricParts): string {
  return item === null ? `${group}.${field}` : `${group}.${item}.${field}`;
}

/** What the metrics of a core are named by. */
export const coreItem = (index: number): string => `core${index}`;

/** The number of a core, as digits, by its item; `null` for another item. */
export function coreOfItem(item: string | null): string | null {
  return item === null ? null : (/^core(\d{1,4})$/.exec(item)?.[1] ?? null);
}

interface NamedItem {
  readonly name?: string | null | undefined;
  readonly mount?: string | undefined;
  readonly id?: string | undefined;
}

const idLength = 12;

/** What the metrics of an interface, device, mount or container are named by. */
export const itemName = ({ name, mount, id = '' }: NamedItem): string =>
  name ?? mount ?? id.slice(0, idLength);

/** Where the value of a metric stands in a sample. */
export interface SampleField {
  readonly type: SampleType;
  /** `null` for a field of the event itself; of a core its number. */
  readonly item: string | null;
  readonly field: string;
}

/** `null` for a metric that no sample has a field for. */
export function sampleFieldOf(metric: string): SampleField | null {
  const { group, item, field } = partsOfMetric(metric);
  const entry = metricGroupOf(group);
  if (!entry || !/^\w+$/.test(field)) return null;
  const { type } = entry;
  if (type === 'cpu') {
    const core = coreOfItem(item);
    return item === null || (core !== null && field === 'percent') ? { type, item: core, field } : null;
  }
  return Boolean(item) === (entry.item !== null) ? { type, item, field } : null;
}

/** Called with each number of a sample: the metric's name, and its value, `null` where it is not available. */
export type TakeMetric = (name: string, value: number | null) => void;

type MetricsOf<T extends SampleType> = (payload: LoggedPayloads[T], take: TakeMetric) => void;

/** `part` of `whole` in percent; `null` where either is missing or there is no whole. */
function share(part: number | null, whole: number | null): number | null {
  return part === null || !whole ? null : (part / whole) * 100;
}

/** The fields of `item` that are numbers or `null`. */
function fields(prefix: string, item: object, take: TakeMetric, except: readonly string[] = []): void {
  for (const [field, value] of Object.entries(item)) {
    if ((typeof value === 'number' || value === null) && !except.includes(field))
      take(`${prefix}.${field}`, value);
  }
}

const stamp = ['t'];

/** Whether a metric is of a sensor; programs can publish those, of sensors that the host may have as well. */
export function isSensorMetric(name: string): boolean {
  return name.startsWith('sensor.');
}

/** The one metric of a sensor. */
export function metricOfSensor({ id, kind }: Pick<SensorData['sensors'][number], 'id' | 'kind'>): string {
  return `sensor.${id}.${kind === 'custom' ? 'value' : kind}`;
}

/** How each event type's numbers are named: `<event>.<field>` and `<event>.<item>.<field>`. */
const metricsByType: { readonly [T in SampleType]: MetricsOf<T> } = {
  cpu(payload, take) {
    fields('cpu', payload, take, stamp);
    for (const [index, core] of payload.cores.entries()) take(`cpu.${coreItem(index)}.percent`, core);
  },
  memory(payload, take) {
    fields('memory', payload, take, stamp);
    take('memory.usedPercent', share(payload.usedBytes, payload.totalBytes));
    take('memory.swapUsedPercent', share(payload.swapUsedBytes, payload.swapTotalBytes));
  },
  pressure(payload, take) {
    for (const resource of ['cpu', 'memory', 'io'] as const)
      fields(`pressure.${resource}`, payload[resource], take);
  },
  network(payload, take) {
    for (const item of payload.interfaces) fields(`network.${item.name}`, item, take, ['up']);
  },
  disk(payload, take) {
    for (const device of payload.devices) fields(`disk.${device.name}`, device, take);
  },
  'sensor-data'(payload, take) {
    for (const sensor of payload.sensors) take(metricOfSensor(sensor), sensor.value);
  },
  filesystem(payload, take) {
    for (const mount of payload.mounts) {
      fields(`filesystem.${mount.mount}`, mount, take, ['pool']);
      const usable =
        mount.usedBytes === null || mount.availableBytes === null
          ? null
          : mount.usedBytes + mount.availableBytes;
      // As df has it: what is kept for root counts neither as used nor as available.
      take(`filesystem.${mount.mount}.usedPercent`, share(mount.usedBytes, usable));
    }
  },
  processes({ count, threads }, take) {
    take('processes.count', count);
    take('processes.threads', threads);
  },
  containers(payload, take) {
    for (const container of payload.containers) {
      const prefix = `containers.${itemName(container)}`;
      take(`${prefix}.cpuPercent`, container.cpuPercent);
      take(`${prefix}.memoryBytes`, container.memoryBytes);
      take(`${prefix}.memoryUsedPercent`, share(container.memoryBytes, container.memoryLimitBytes));
      // Most containers have no quota, and none is to have a name that never has a value.
      if (container.throttledPercent != null) take(`${prefix}.throttledPercent`, container.throttledPercent);
      if (container.oomKills != null) take(`${prefix}.oomKills`, container.oomKills);
    }
  },
};

/** Gives `take` every metric of a sample. */
export function eachMetric<T extends SampleType>(
  type: T,
  payload: LoggedPayloads[T],
  take: TakeMetric,
): void {
  metricsByType[type](payload, take);
}

const units: readonly (readonly [suffix: string, unit: string])[] = [
  ['BytesPerSecond', 'B/s'],
  ['PerSecond', '/s'],
  ['Bytes', 'B'],
  ['ercent', '%'],
  ['Avg10', '%'],
  ['AwaitMs', 'ms'],
  ['MHz', 'MHz'],
  ['.temperature', '°C'],
  ['.humidity', '%'],
  ['.battery', '%'],
  ['.fan', 'rpm'],
  ['.voltage', 'V'],
  ['.power', 'W'],
];

/** The unit of a metric by its name; empty for a plain number, and for custom sensors, which bring their own. */
export function unitOfMetric(name: string): string {
  return units.find(([suffix]) => name.endsWith(suffix))?.[1] ?? '';
}
