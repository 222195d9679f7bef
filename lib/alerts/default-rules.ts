import type { Comparison, Rule, Severity } from '@/lib/events/alerting';

interface Words {
  readonly id: string;
  readonly name: string;
  readonly severity?: Severity;
}

const minute = 60;

function rule(
  { id, name, severity = 'warning' }: Words,
  metric: string,
  comparison: Comparison,
  [threshold, clearThreshold]: readonly [number | null, number?],
  forSeconds: number,
): Rule {
  return {
    id,
    name,
    metric,
    comparison,
    threshold,
    ...(clearThreshold === undefined ? {} : { clearThreshold }),
    forSeconds,
    severity,
    enabled: true,
  };
}

/** What a new Hostbeat watches for. A healthy machine, a busy one too, gives rise to none of it. */
export const defaultRules: readonly Rule[] = [
  rule({ id: 'cpu-busy', name: 'CPU is busy' }, 'cpu.totalPercent', 'above', [95, 85], 10 * minute),
  rule(
    { id: 'cpu-pressure', name: 'Tasks wait for CPU' },
    'pressure.cpu.someAvg10',
    'above',
    [80, 60],
    10 * minute,
  ),
  rule(
    { id: 'memory-low', name: 'Memory is running out', severity: 'critical' },
    'memory.usedPercent',
    'above',
    [95, 90],
    5 * minute,
  ),
  rule(
    { id: 'memory-pressure', name: 'Tasks wait for memory', severity: 'critical' },
    'pressure.memory.fullAvg10',
    'above',
    [20, 10],
    2 * minute,
  ),
  rule(
    { id: 'swap-full', name: 'Swap is filling' },
    'memory.swapUsedPercent',
    'above',
    [90, 80],
    15 * minute,
  ),
  rule(
    { id: 'io-pressure', name: 'Tasks wait for disks' },
    'pressure.io.fullAvg10',
    'above',
    [60, 40],
    10 * minute,
  ),
  rule(
    { id: 'filesystem-nearly-full', name: 'A file system is nearly full' },
    'filesystem.*.usedPercent',
    'above',
    [90, 88],
    5 * minute,
  ),
  rule(
    { id: 'filesystem-full', name: 'A file system is full', severity: 'critical' },
    'filesystem.*.usedPercent',
    'above',
    [97, 95],
    minute,
  ),
  rule(
    { id: 'filesystem-filling', name: 'A file system will be full within hours' },
    'filesystem.*.usedPercent',
    'fullWithinHours',
    [4, 8],
    60 * minute,
  ),
  rule(
    { id: 'inodes-nearly-used', name: 'A file system is running out of inodes' },
    'filesystem.*.inodesUsedPercent',
    'above',
    [90, 88],
    5 * minute,
  ),
  rule(
    { id: 'temperature-high', name: 'A sensor is at its high limit' },
    'sensor.*.temperature',
    'above',
    [null],
    5 * minute,
  ),
  rule(
    { id: 'temperature-critical', name: 'A sensor is at its critical limit', severity: 'critical' },
    'sensor.*.temperature',
    'above',
    [null],
    10,
  ),
  rule(
    { id: 'disk-reads-slow', name: 'Reads are slow' },
    'disk.*.readAwaitMs',
    'above',
    [500, 250],
    5 * minute,
  ),
  rule(
    { id: 'disk-writes-slow', name: 'Writes are slow' },
    'disk.*.writeAwaitMs',
    'above',
    [1000, 500],
    5 * minute,
  ),
  rule(
    { id: 'network-receive-errors', name: 'Packets arrive broken' },
    'network.*.rxErrorsPerSecond',
    'above',
    [1, 0.1],
    5 * minute,
  ),
  rule(
    { id: 'network-send-errors', name: 'Packets cannot be sent' },
    'network.*.txErrorsPerSecond',
    'above',
    [1, 0.1],
    5 * minute,
  ),
  rule({ id: 'sensor-silent', name: 'A sensor has gone silent' }, 'sensor.*', 'absent', [3], 10 * minute),
  rule(
    { id: 'login-new-address', name: 'A login from a new address', severity: 'info' },
    'user-login.*.newAddress',
    'above',
    [0],
    0,
  ),
];
