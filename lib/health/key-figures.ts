import type { LoggedPayloads } from '@/lib/protocol/event-types';
import { type InterfaceKind, kindOfName } from '@/lib/protocol/interface-kind';
import type { ReportedSensor } from './sensors';

type Row<T extends keyof LoggedPayloads> = LoggedPayloads[T];
type Device = Row<'disk'>['devices'][number];
type Interface = Row<'network'>['interfaces'][number];
type Mount = Row<'filesystem'>['mounts'][number];

/** An item with the highest value, and that value; `null` when none has one. */
export interface Highest<Item> {
  readonly item: Item;
  readonly value: number;
}

export function highestOf<Item>(
  items: readonly Item[],
  of: (item: Item) => number | null,
): Highest<Item> | null {
  return items.reduce<Highest<Item> | null>((high, item) => {
    const value = of(item);
    return value === null || (high && high.value >= value) ? high : { item, value };
  }, null);
}

/** `part` of `whole` in percent; `null` where either is missing or there is no whole. */
export function percentOf(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part == null || !whole ? null : (part / whole) * 100;
}

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce((total, value) => (value === null ? total : (total ?? 0) + value), null);

const resources = ['cpu', 'memory', 'io'] as const;

/** The resource with the highest pressure, by the kernel's 10 s average, since single seconds jump. */
export const worstPressure = (row: Row<'pressure'>) =>
  highestOf(resources, (resource) => row[resource].someAvg10);

export const busiestCore = ({ cores }: Row<'cpu'>) =>
  highestOf([...cores.keys()], (index) => cores[index] ?? null);

export const busiestDevice = ({ devices }: Row<'disk'>) =>
  highestOf(devices, ({ utilPercent }: Device) => utilPercent);

/**
 * The kinds that carry what goes in and out of the machine, the outermost first: bridges, bonds, VLANs and tunnels lie on
 * hardware and show the same bytes. Without hardware, as in a container, the first of these that there is counts.
 */
const outermost: readonly (readonly InterfaceKind[])[] = [
  ['physical'],
  ['virtual', 'veth', 'macvlan'],
  ['virtual-function', 'member'],
  ['ppp'],
  ['bond'],
  ['bridge'],
  ['vlan'],
  ['tunnel'],
  ['dummy'],
  ['loopback'],
];

/** Events of older versions have no kind, which is then derived from the name. */
const kindOf = ({ kind, name }: Interface) => kind ?? kindOfName(name) ?? 'physical';

/** The interfaces that each byte from and to outside goes through once. */
export function outerInterfaces(interfaces: readonly Interface[]): readonly Interface[] {
  const of = (kinds: readonly InterfaceKind[]) => interfaces.filter((item) => kinds.includes(kindOf(item)));
  const hardware = of(['physical']);
  // A modem's ppp is carried by no interface, while that of a DSL line is by one that is up.
  const modem = hardware.every(({ up }) => up === false) ? of(['ppp']) : [];
  if (modem.length > 0) return [...hardware, ...modem];
  return outermost.map(of).find((items) => items.length > 0) ?? [];
}

/** Bytes in and out of the machine, per second. */
export function throughput({ interfaces }: Row<'network'>): number | null {
  return sum(
    outerInterfaces(interfaces).flatMap(({ rxBytesPerSecond: rx, txBytesPerSecond: tx }) => [rx, tx]),
  );
}

/** As `df` computes it: space reserved for root is neither used nor available. */
export function usedPercent({ usedBytes, availableBytes, sizeBytes }: Mount): number | null {
  if (usedBytes === null) return null;
  return percentOf(usedBytes, availableBytes === null ? sizeBytes : usedBytes + availableBytes);
}

/** Read-only file systems do not fill up. */
export const fullestMount = ({ mounts }: Row<'filesystem'>) =>
  highestOf(
    mounts.filter(({ readOnly }) => !readOnly),
    usedPercent,
  );

export const hottestSensor = (reported: readonly ReportedSensor[]) =>
  highestOf(
    reported.filter(({ sensor: { kind, unit } }) => kind === 'temperature' && unit === '°C'),
    ({ sensor }) => sensor.value,
  );

export const memoryPercent = (row: Row<'memory'>) => percentOf(row.usedBytes, row.totalBytes);
export const swapPercent = (row: Row<'memory'>) =>
  row.swapTotalBytes === 0 ? 0 : percentOf(row.swapUsedBytes, row.swapTotalBytes);

/** What may be shown in place of a figure that this host does not have. */
export type Spare = 'swap' | 'busiest' | 'available' | 'tasks';
const spares: readonly Spare[] = ['swap', 'busiest', 'available', 'tasks'];

/** For each place its own figure, or a spare one; the others keep their places. */
export function filledPlaces<Name extends string>(
  places: readonly Name[],
  isAbsent: (name: Name) => boolean,
): readonly (Name | Spare)[] {
  const left = [...spares];
  return places.map((name) => (isAbsent(name) ? (left.shift() ?? name) : name));
}
