import type { Finding, FindingKind, PreviousFinding, TopConsumer } from './finding';
import { type HealthInputs, meanOf } from './inputs';
import { percentOf } from './key-figures';
import {
  cpuUsed,
  iowait,
  loadPerCore,
  memoryUsed,
  pressure as pressureLimits,
  severityAt,
  steal,
  swapUsed,
  type Thresholds,
  worseOf,
} from './thresholds';
import { topConsumerOf } from './top-consumer';

/** Where the kernel reports pressure, a CPU that is fully used is not critical by itself. */
const cpuUsedUnderPressure: Thresholds = { warning: cpuUsed.warning };

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

/** What makes machines slow: pressure, or its signs where the kernel does not report it. */
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
    ...found('memory-full', percentOf(memory?.usedBytes, memory?.totalBytes), memoryUsed, 'memory', 'memory'),
    ...found(
      'cpu-full',
      mean((row) => row.totalPercent),
      hasPressure ? cpuUsedUnderPressure : cpuUsed,
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
      swapUsed,
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
