import type { Comparison, Rule, Severity } from '@/lib/protocol/alerting';
import { englishRuleNames } from '@/lib/protocol/default-rule-names';

interface RuleBasics {
  readonly id: keyof typeof englishRuleNames;
  readonly severity?: Severity;
}

const minute = 60;

function rule(
  { id, severity = 'warning' }: RuleBasics,
  metric: string,
  comparison: Comparison,
  [threshold, clearThreshold]: readonly [number | null, number?],
  forSeconds: number,
): Rule {
  return {
    id,
    name: englishRuleNames[id],
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
  rule({ id: 'cpu-busy' }, 'cpu.totalPercent', 'above', [95, 85], 10 * minute),
  rule({ id: 'cpu-pressure' }, 'pressure.cpu.someAvg10', 'above', [80, 60], 10 * minute),
  rule({ id: 'memory-low', severity: 'critical' }, 'memory.usedPercent', 'above', [95, 90], 5 * minute),
  rule(
    { id: 'memory-pressure', severity: 'critical' },
    'pressure.memory.fullAvg10',
    'above',
    [20, 10],
    2 * minute,
  ),
  rule({ id: 'swap-full' }, 'memory.swapUsedPercent', 'above', [90, 80], 15 * minute),
  rule({ id: 'io-pressure' }, 'pressure.io.fullAvg10', 'above', [60, 40], 10 * minute),
  rule({ id: 'filesystem-nearly-full' }, 'filesystem.*.usedPercent', 'above', [90, 88], 5 * minute),
  rule(
    { id: 'filesystem-full', severity: 'critical' },
    'filesystem.*.usedPercent',
    'above',
    [97, 95],
    minute,
  ),
  rule({ id: 'filesystem-filling' }, 'filesystem.*.usedPercent', 'fullWithinHours', [4, 8], 60 * minute),
  rule({ id: 'inodes-nearly-used' }, 'filesystem.*.inodesUsedPercent', 'above', [90, 88], 5 * minute),
  rule({ id: 'temperature-high' }, 'sensor.*.temperature', 'above', [null], 5 * minute),
  rule({ id: 'temperature-critical', severity: 'critical' }, 'sensor.*.temperature', 'above', [null], 10),
  rule({ id: 'disk-reads-slow' }, 'disk.*.readAwaitMs', 'above', [500, 250], 5 * minute),
  rule({ id: 'disk-writes-slow' }, 'disk.*.writeAwaitMs', 'above', [1000, 500], 5 * minute),
  rule({ id: 'network-receive-errors' }, 'network.*.rxErrorsPerSecond', 'above', [1, 0.1], 5 * minute),
  rule({ id: 'network-send-errors' }, 'network.*.txErrorsPerSecond', 'above', [1, 0.1], 5 * minute),
  rule({ id: 'sensor-silent' }, 'sensor.*', 'absent', [3], 10 * minute),
  rule({ id: 'login-new-address', severity: 'info' }, 'user-login.*.newAddress', 'above', [0], 0),
];
