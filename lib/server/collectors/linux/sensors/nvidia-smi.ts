import { shownName } from '../procfs/kernel-text';
import type { SensorSample } from './sensor-file';
import { sensorId } from './sensor-id';

/** What nvidia-smi is asked for, in the order of its columns (nvidia-smi --help-query-gpu). */
export const nvidiaColumns = [
  'index',
  'uuid',
  'name',
  'temperature.gpu',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'power.draw',
  'power.limit',
  'fan.speed',
] as const;

export interface NvidiaCard {
  /** The same for the card in whatever slot. */
  readonly id: string;
  readonly sensors: readonly SensorSample[];
}

/**
 * One card's line of `nvidia-smi --format=csv,noheader,nounits`, as sensors. What the card does not have is `[N/A]`
 * and is left out. `null` when it is no such line.
 */
export function parseNvidiaLine(line: string): NvidiaCard | null {
  const cells = line.split(',').map((cell) => cell.trim());
  const [index = '', uuid = '', name = '', ...figures] = cells;
  if (cells.length !== nvidiaColumns.length || !/^\d{1,3}$/.test(index) || !/^GPU-[\da-f-]+$/i.test(uuid)) {
    return null;
  }
  const [temperature, busy, used, total, watts, wattsLimit, fan] = figures.map(figure);
  const card = `${shownName(name).slice(0, 60)}${index === '0' ? '' : ` #${index}`}`;
  // Eight digits of a number that belongs to the card distinguish enough cards.
  const gpu = sensorId('nvidia', uuid.slice(4, 12), '');
  const rows: readonly (readonly [
    string,
    string,
    SensorSample['kind'],
    string,
    number | null | undefined,
  ])[] = [
    ['temperature', 'temperature', 'temperature', '°C', temperature],
    ['busy', 'GPU busy', 'custom', '%', busy],
    ['vram', total ? `VRAM used of ${total} MiB` : 'VRAM used', 'custom', 'MiB', used],
    ['power', 'power', 'power', 'W', watts],
    ['fan', 'fan', 'custom', '%', fan],
  ];
  const sensors = rows.flatMap(([key, name, kind, unit, value]) =>
    value === null || value === undefined
      ? []
      : {
          id: `${gpu}-${key}`,
          label: `${card} ${name}`,
          kind,
          unit,
          value,
          high: key === 'power' ? (wattsLimit ?? null) : null,
          critical: null,
        },
  );
  return { id: gpu, sensors };
}

const figure = (cell: string) => (/^\d{1,9}(\.\d{1,6})?$/.test(cell) ? Number(cell) : null);
