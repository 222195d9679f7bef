import { matchesPattern } from '@/lib/protocol/metric-pattern';
import { coreOfItem, metricGroupOf, metricName, partsOfMetric } from '@/lib/protocol/metrics';

/** A metric of the server's list. */
export interface MetricSummary {
  readonly name: string;
  readonly unit: string;
  readonly last: { readonly t: number; readonly value: number | null } | null;
}

/** Patterns that stand for a metric of every item, where there are at least two. */
export function patternsOf(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const pattern = patternOf(name);
    if (pattern) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([pattern]) => pattern);
}

/** `null` for a metric without items, and for pressure, whose resources have no common rule. */
function patternOf(name: string): string | null {
  const parts = partsOfMetric(name);
  const kind = metricGroupOf(parts.group)?.item ?? null;
  if (kind === null || kind === 'resource') return null;
  if (kind !== 'core') return metricName({ ...parts, item: '*' });
  return coreOfItem(parts.item) === null ? null : metricName({ ...parts, item: 'core*' });
}

export interface MetricOption {
  readonly metric: string;
  readonly label: string;
}

const shownMax = 60;

/** The options whose name or label contains every typed word; those that begin with the first one come first. */
export function fitting(options: readonly MetricOption[], typed: string): readonly MetricOption[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ metric, label }: MetricOption) => {
    const first = words[0] ?? '';
    return label.toLowerCase().startsWith(first) || metric.toLowerCase().startsWith(first) ? 0 : 1;
  };
  return options
    .filter(({ metric, label }) => {
      const text = `${metric} ${label}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .map((option) => ({ option, rank: rank(option) }))
    .sort((one, other) => one.rank - other.rank)
    .slice(0, shownMax)
    .map(({ option }) => option);
}

export function matching(metrics: readonly MetricSummary[], pattern: string): readonly MetricSummary[] {
  return pattern === '' ? [] : metrics.filter(({ name }) => matchesPattern(pattern, name));
}
