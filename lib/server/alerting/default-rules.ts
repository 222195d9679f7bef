import {
  cpuUsed,
  diskReadAwaitMs,
  diskWriteAwaitMs,
  filesystemFullIn,
  filesystemUsed,
  memoryUsed,
  networkErrors,
  pressure,
  swapUsed,
} from '@/lib/health/thresholds';
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

/** The rules of a new Hostbeat. A healthy machine, even a busy one, fires none of them. */
export const defaultRules: readonly Rule[] = [
  rule({ id: 'cpu-busy' }, 'cpu.totalPercent', 'above', cpuUsed.alert, 10 * minute),
  rule({ id: 'cpu-pressure' }, 'pressure.cpu.someAvg10', 'above', pressure.cpu.some.alert, 10 * minute),
  rule(
    { id: 'memory-low', severity: 'critical' },
    'memory.usedPercent',
    'above',
    memoryUsed.alert,
    5 * minute,
  ),
  rule(
    { id: 'memory-pressure', severity: 'critical' },
    'pressure.memory.fullAvg10',
    'above',
    pressure.memory.full.critical,
    2 * minute,
  ),
  rule({ id: 'swap-full' }, 'memory.swapUsedPercent', 'above', swapUsed.alert, 15 * minute),
  rule({ id: 'io-pressure' }, 'pressure.io.fullAvg10', 'above', pressure.io.full.critical, 10 * minute),
  rule(
    { id: 'filesystem-nearly-full' },
    'filesystem.*.usedPercent',
    'above',
    filesystemUsed.warning,
    5 * minute,
  ),
  rule(
    { id: 'filesystem-full', severity: 'critical' },
    'filesystem.*.usedPercent',
    'above',
    filesystemUsed.critical,
    minute,
  ),
  rule(
    { id: 'filesystem-filling' },
    'filesystem.*.usedPercent',
    'fullWithinHours',
    filesystemFullIn.alert,
    60 * minute,
  ),
  rule(
    { id: 'inodes-nearly-used' },
    'filesystem.*.inodesUsedPercent',
    'above',
    filesystemUsed.warning,
    5 * minute,
  ),
  rule({ id: 'temperature-high' }, 'sensor.*.temperature', 'above', [null], 5 * minute),
  rule({ id: 'temperature-critical', severity: 'critical' }, 'sensor.*.temperature', 'above', [null], 10),
  rule({ id: 'disk-reads-slow' }, 'disk.*.readAwaitMs', 'above', diskReadAwaitMs.alert, 5 * minute),
  rule({ id: 'disk-writes-slow' }, 'disk.*.writeAwaitMs', 'above', diskWriteAwaitMs.alert, 5 * minute),
  rule(
    { id: 'network-receive-errors' },
    'network.*.rxErrorsPerSecond',
    'above',
    networkErrors.alert,
    5 * minute,
  ),
  rule(
    { id: 'network-send-errors' },
    'network.*.txErrorsPerSecond',
    'above',
    networkErrors.alert,
    5 * minute,
  ),
  rule({ id: 'sensor-silent' }, 'sensor.*', 'absent', [3], 10 * minute),
  rule({ id: 'login-new-address', severity: 'info' }, 'user-login.*.newAddress', 'above', [0], 0),
];
