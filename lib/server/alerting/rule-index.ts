import type { Rule } from '@/lib/protocol/alerting';
import type { LoggedType } from '@/lib/protocol/event-types';
import { isPattern, literalStart, matchesParts } from '@/lib/protocol/metric-pattern';

/** Rules by metric, so that a value costs one look-up, however many rules there are. */
export interface RuleIndex {
  /** The enabled rules on a metric. Asked once for each metric, not for each value. */
  rulesOn(metric: string): readonly Rule[];
  /** Whether an event of this type may hold a metric that a rule matches. */
  mayConcern(type: string): boolean;
  /** Rules on a single metric that fire when it never comes. */
  readonly expected: readonly Rule[];
}

const starts: readonly (readonly [type: LoggedType, start: string])[] = [
  ['cpu', 'cpu.'],
  ['memory', 'memory.'],
  ['pressure', 'pressure.'],
  ['network', 'network.'],
  ['disk', 'disk.'],
  ['sensor-data', 'sensor.'],
  ['filesystem', 'filesystem.'],
  ['processes', 'processes.'],
  ['containers', 'containers.'],
  ['user-login', 'user-login.'],
];

export function indexRules(rules: readonly Rule[]): RuleIndex {
  const enabled = rules.filter((rule) => rule.enabled);
  const exact = new Map<string, Rule[]>();
  for (const rule of enabled) {
    if (!isPattern(rule.metric)) exact.set(rule.metric, [...(exact.get(rule.metric) ?? []), rule]);
  }
  const patterns = enabled
    .filter(({ metric }) => isPattern(metric))
    .map((rule) => ({ rule, parts: rule.metric.split('*') }));
  const literals = enabled.map(({ metric }) => literalStart(metric));
  const types = new Set<string>(
    starts
      .filter(([, start]) =>
        literals.some((literal) => literal.startsWith(start) || start.startsWith(literal)),
      )
      .map(([type]) => type),
  );
  return {
    rulesOn: (metric) => [
      ...(exact.get(metric) ?? []),
      ...patterns.flatMap(({ rule, parts }) => (matchesParts(parts, metric) ? [rule] : [])),
    ],
    mayConcern: (type) => types.has(type),
    expected: enabled.filter(({ comparison, metric }) => comparison === 'absent' && !isPattern(metric)),
  };
}
