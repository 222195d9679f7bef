export type Severity = 'info' | 'warning' | 'critical';

/** Everything a health summary can report. The order is the order of display within a severity. */
export const findingKinds = [
  'memory-pressure',
  'io-pressure',
  'cpu-pressure',
  'out-of-memory',
  'memory-full',
  'filesystem-full',
  'filesystem-read-only',
  'filesystem-filling',
  'inodes-full',
  'mount-silent',
  'cpu-lost',
  'memory-lost',
  'samples-lost',
  'cpu-full',
  'iowait',
  'steal',
  'overloaded',
  'disk-slow',
  'disk-busy',
  'too-hot',
  'warm',
  'container-unwell',
  'container-full',
  'swap-full',
  'network-errors',
  'network-drops',
  'battery-low',
  'sensor-silent',
  'alert',
  'published-alert',
  'new-address',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** The panel of the dashboard that shows it in full. */
export type PlaceName =
  | 'cpu'
  | 'pressure'
  | 'processes'
  | 'memory'
  | 'load'
  | 'disk'
  | 'network'
  | 'filesystem'
  | 'sensors'
  | 'containers';

/** The process or container that uses most of a scarce resource. */
export interface TopConsumer {
  readonly name: string;
  readonly kind: 'process' | 'container';
  /** In percent of one core, bytes, or bytes per second, by `resource`. */
  readonly figure: number;
  readonly resource: 'cpu' | 'memory' | 'disk';
}

/** One problem of the machine. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** The mount, device, interface, sensor, container or alert that it is about; `null` for the machine. */
  readonly subject: string | null;
  /** In the kind's own unit; `null` where there is none. */
  readonly figure: number | null;
  readonly topConsumer: TopConsumer | null;
  readonly place: PlaceName | null;
}

/** Findings of the same kind and subject are the same. */
export const keyOfFinding = ({ kind, subject }: Pick<Finding, 'kind' | 'subject'>) =>
  `${kind} ${subject ?? ''}`;

/** The finding of the same kind and subject in the previous summary; `null` without one. */
export type PreviousFinding = (what: Pick<Finding, 'kind' | 'subject'>) => Finding | null;
