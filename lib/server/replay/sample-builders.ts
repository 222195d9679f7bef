import { z } from 'zod';
import type { LoggedPayloads, SampleType } from '@/lib/protocol/event-types';
import { itemName, metricName, unitOfMetric } from '@/lib/protocol/metrics';
import {
  type Containers,
  containersSchema,
  cpuSchema,
  diskSchema,
  type Filesystem,
  filesystemSchema,
  memorySchema,
  type Network,
  networkSchema,
  pressureSchema,
  processesSchema,
  type Sensor,
  sensorKinds,
} from '@/lib/protocol/payloads';

/** Descriptions of items from their newest samples (labels, devices, images): history does not store them. */
export interface KnownItems {
  readonly sensors: readonly Sensor[];
  readonly mounts: Filesystem['mounts'];
  readonly containers: Containers['containers'];
  readonly interfaces: Network['interfaces'];
}

/** The numbers of one event in one step, by item and field; `''` is the event itself. */
export type Cells = ReadonlyMap<string, ReadonlyMap<string, number>>;

type Stamp = { readonly t: number; readonly host: string };
type Build = (cells: Cells, known: KnownItems) => object;

const noValues: ReadonlyMap<string, number> = new Map();

interface Field {
  readonly name: string;
  /** Bytes, and what the schema takes whole numbers of: its averages are rounded. */
  readonly isWhole: boolean;
}

/** All of these fields, `null` where history has no value. */
function fillFields(
  fields: readonly Field[],
  values: ReadonlyMap<string, number>,
): Record<string, number | null> {
  return Object.fromEntries(
    fields.map(({ name, isWhole }) => {
      const value = values.get(name);
      return [name, value === undefined ? null : isWhole ? Math.round(value) : value];
    }),
  );
}

function isInteger(schema: unknown): boolean {
  const number = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  return number instanceof z.ZodNumber && number.isInt;
}

const fieldsOf = ({ shape }: { readonly shape: object }, ...except: string[]): readonly Field[] =>
  Object.entries(shape)
    .filter(([name]) => !['t', 'host', ...except].includes(name))
    .map(([name, schema]) => ({ name, isWhole: name.endsWith('Bytes') || isInteger(schema) }));

const cpuFields = fieldsOf(cpuSchema, 'cores');
const memoryFields = fieldsOf(memorySchema);
const stallFields = fieldsOf(pressureSchema.shape.cpu);
const interfaceFields = fieldsOf(networkSchema.shape.interfaces.element, 'name', 'up', 'kind');
const deviceFields = fieldsOf(diskSchema.shape.devices.element, 'name');
const containerFields = fieldsOf(
  containersSchema.shape.containers.element,
  'id',
  'name',
  'image',
  'state',
  'health',
);
const mountFields = fieldsOf(
  filesystemSchema.shape.mounts.element,
  'mount',
  'device',
  'type',
  'readOnly',
  'pool',
);
const processesFields = fieldsOf(processesSchema, 'scope', 'top');

function coresOf(cells: Cells): (number | null)[] {
  const cores = [...cells.keys()].filter((item) => item !== '').map(Number);
  const count = cores.length === 0 ? 0 : Math.max(...cores) + 1;
  return Array.from({ length: count }, (_, core) => cells.get(String(core))?.get('percent') ?? null);
}

function sensorOf(id: string, kindOrValue: string, value: number, known: readonly Sensor[]): Sensor {
  const kind = sensorKinds.find((one) => one === kindOrValue) ?? 'custom';
  const { label, unit, high, critical } = known.find((one) => one.id === id && one.kind === kind) ?? {
    label: id.slice(0, 128),
    unit: unitOfMetric(metricName({ group: 'sensor', item: id, field: kindOrValue })),
    high: null,
    critical: null,
  };
  return { id, label, kind, value, unit, high, critical };
}

const builds: { readonly [T in SampleType]: Build } = {
  cpu: (cells) => ({ ...fillFields(cpuFields, cells.get('') ?? noValues), cores: coresOf(cells) }),
  memory: (cells) => fillFields(memoryFields, cells.get('') ?? noValues),
  pressure: (cells) =>
    Object.fromEntries(
      ['cpu', 'memory', 'io'].map((resource) => [
        resource,
        fillFields(stallFields, cells.get(resource) ?? noValues),
      ]),
    ),
  network: (cells, known) => ({
    interfaces: [...cells].map(([name, values]) => {
      const { kind } = known.interfaces.find((one) => one.name === name) ?? {};
      return { name, ...fillFields(interfaceFields, values), up: null, ...(kind && { kind }) };
    }),
  }),
  disk: (cells) => ({
    devices: [...cells].map(([name, values]) => ({ name, ...fillFields(deviceFields, values) })),
  }),
  'sensor-data': (cells, known) => {
    const sensors = [...cells].flatMap(([id, values]) =>
      [...values].map(([kind, value]) => sensorOf(id, kind, value, known.sensors)),
    );
    return { sensors };
  },
  filesystem: (cells, known) => ({
    mounts: [...cells].map(([mount, values]) => {
      const found = known.mounts.find((one) => one.mount === mount);
      const { device = '', type = '', readOnly = false, pool = null } = found ?? {};
      return { mount, device, type, ...fillFields(mountFields, values), readOnly, pool };
    }),
  }),
  processes: (cells) => ({ ...fillFields(processesFields, cells.get('') ?? noValues), top: [] }),
  containers: (cells, known) => ({
    containers: [...cells].map(([item, values]) => {
      const found = known.containers.find((one) => itemName(one) === item);
      const { id = item, name = item, image = null } = found ?? {};
      return { id, name, image, state: null, health: null, ...fillFields(containerFields, values) };
    }),
  }),
};

/** A sample rebuilt from its numbers; everything else is `null`. */
export function payloadOf<T extends SampleType>(
  type: T,
  { t, host }: Stamp,
  cells: Cells,
  known: KnownItems,
): LoggedPayloads[T] {
  return { t, host, ...builds[type](cells, known) } as LoggedPayloads[T];
}
