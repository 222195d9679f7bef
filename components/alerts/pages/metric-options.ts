import { matchesPattern } from '@/lib/protocol/metric-pattern';

/** A metric that the server knows. */
export interface MetricSummary {
  readonly name: string;
  readonly unit: string;
  readonly last: { readonly t: number; readonly value: number | null } | null;
}

/** Rooms whose metrics are of items, and whether an item is in it as a number of its own. */
const rooms = ['filesystem', 'network', 'disk', 'sensor', 'containers'];

/** Patterns that stand for a metric of every item, where there are at least two. */
export function patternsOf(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const room = name.slice(0, name.indexOf('.'));
    const field = name.slice(name.lastIndexOf('.') + 1);
    const pattern = rooms.includes(room)
      ? `${room}.*.${field}`
      : /^cpu\.core\d+\.percent$/.test(name)
        ? 'cpu.core*.percent'
        : null;
    if (pattern) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([pattern]) => pattern);
}

export interface MetricOption {
  readonly metric: string;
  readonly label: string;
}

const shownMax = 60;

/** What fits what was typed: all words of it, in the name or in what it is called. What begins so comes first. */
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
