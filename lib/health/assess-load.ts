import type { Finding, FindingKind, PreviousFinding, TopConsumer } from './finding';
import { type HealthInputs, meanOf } from './inputs';
import { percentOf } from './key-figures';
import { ioFullPressure, memoryFullPressure, severityAt, type Thresholds, worseOf } from './thresholds';
import { topConsumerOf } from './top-consumer';

/** Shares of time in percent, as the kernel averages them over 10 s. */
const pressureLimits = {
  cpu: { some: { warning: [50, 35], critical: [95, 85] } },
  memory: { some: { warning: [20, 10] }, full: memoryFullPressure },
  io: { some: { warning: [40, 25] }, full: ioFullPressure },
} as const satisfies Record<string, { some: Thresholds; full?: Thresholds }>;

const cpuFull: Thresholds = { warning: [90, 80], critical: [98, 92] };
/** Where the kernel tells that nothing waits, a CPU that is used to the full is not amiss, only worth a word. */
const cpuFullUnderPressure: Thresholds = { warning: [90, 80] };
const iowait: Thresholds = { warning: [20, 12], critical: [50, 35] };
const steal: Thresholds = { warning: [10, 6], critical: [30, 20] };
const loadPerCore: Thresholds = { warning: [2, 1.5], critical: [5, 4] };
const memoryFull: Thresholds = { warning: [90, 86], critical: [96, 93] };
const swapFull: Thresholds = { warning: [80, 70] };

const resourceOfPressure = { cpu: 'cpu', memory: 'memory', io: 'disk' } as const;

function pressure(inputs: HealthInputs, previous: PreviousFinding): Finding[] {
  const reported = inputs.latest.pressure;
  if (!reported) return [];
  return (['memory', 'io', 'cpu'] as const).flatMap((resource) => {
    const kind = `${resource}-pressure` as const;
    const before = previous({ kind, subject: null });
    const { someAvg10: some, fullAvg10: full } = reported[resource];
    const limits: { some: Thresholds; full?: Thresholds } = pressureLimits[resource];
    const severity = worseOf(
      severityAt(some, limits.some, before?.severity),
      limits.full ? severityAt(full, limits.full, before?.severity) : null,
    );
    if (!severity) return [];
    const topConsumer = topConsumerOf(inputs, resourceOfPressure[resource], before?.topConsumer);
    return [{ kind, severity, subject: null, figure: some, topConsumer, place: 'pressure' as const }];
  });
}

/** What makes machines slow: pressure, and where the kernel does not tell it, its signs. */
export function assessLoad(inputs: HealthInputs, previous: PreviousFinding): readonly Finding[] {
  const { latest, recent, intervalMs, facts } = inputs;
  const mean = (value: (row: NonNullable<typeof latest.cpu>) => number | null) =>
    meanOf(recent.cpu, intervalMs, value);
  const hasPressure = latest.pressure !== undefined;

  const found = (
    kind: FindingKind,
    figure: number | null,
    limits: Thresholds,
    place: Finding['place'],
    resource: TopConsumer['resource'] | null,
  ): Finding[] => {
    const before = previous({ kind, subject: null });
    const severity = severityAt(figure, limits, before?.severity);
    if (!severity) return [];
    const topConsumer = resource && topConsumerOf(inputs, resource, before?.topConsumer);
    return [{ kind, severity, subject: null, figure, topConsumer, place }];
  };

  const { memory, cpu } = latest;
  const load = cpu?.load5 != null && facts.cores ? cpu.load5 / facts.cores : null;
  return [
    ...pressure(inputs, previous),
    ...found('memory-full', percentOf(memory?.usedBytes, memory?.totalBytes), memoryFull, 'memory', 'memory'),
    ...found(
      'cpu-full',
      mean((row) => row.totalPercent),
      hasPressure ? cpuFullUnderPressure : cpuFull,
      'cpu',
      'cpu',
    ),
    ...found(
      'steal',
      mean((row) => row.stealPercent),
      steal,
      'cpu',
      null,
    ),
    ...found(
      'swap-full',
      percentOf(memory?.swapUsedBytes, memory?.swapTotalBytes),
      swapFull,
      'memory',
      'memory',
    ),
    ...(hasPressure
      ? []
      : [
          ...found(
            'iowait',
            mean((row) => row.iowaitPercent),
            iowait,
            'cpu',
            'disk',
          ),
          ...found('overloaded', load, loadPerCore, 'load', 'cpu'),
        ]),
  ];
}
