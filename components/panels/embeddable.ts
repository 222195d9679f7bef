import type { LoggedType } from '@/lib/protocol/event-types';

/** The panels that have a page of their own under `/embed/`, and the events that each shows: it is given no others. */
const typesOf = {
  cpu: ['cpu'],
  memory: ['memory'],
  pressure: ['pressure'],
  network: ['network'],
  disk: ['disk'],
  filesystem: ['filesystem'],
  sensors: ['sensor-data'],
  processes: ['processes'],
  containers: ['containers'],
  alerts: ['sensor-data', 'system-alert'],
  log: ['sensor-data', 'system-alert', 'user-login', 'user-logout', 'message'],
  sensor: ['sensor-data'],
} as const satisfies Record<string, readonly LoggedType[]>;

export type EmbeddableName = keyof typeof typesOf;

/** Their addresses, for people. */
export const embeddableNames = Object.keys(typesOf).map((name) => (name === 'sensor' ? 'sensor:{id}' : name));

export interface EmbeddableProps {
  /** Without a card, filling its frame. */
  readonly bare?: boolean;
  readonly className?: string;
}

export interface Embedded {
  readonly name: EmbeddableName;
  readonly types: readonly LoggedType[];
  /** Which sensor, where the panel is that of one; else empty. */
  readonly sensorId: string;
}

/** The panel of a path under `/embed/`, which may be percent-encoded; `null` when there is none. */
export function embeddedPanel(segment: string): Embedded | null {
  const [name = '', ...rest] = unescaped(segment).split(':');
  const sensorId = rest.join(':');
  if (!Object.hasOwn(typesOf, name) || (name === 'sensor') !== (sensorId !== '')) return null;
  const known = name as EmbeddableName;
  return { name: known, types: typesOf[known], sensorId };
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
