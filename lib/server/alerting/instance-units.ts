import type { Rule } from '@/lib/protocol/alerting';
import { isSensorMetric } from '@/lib/protocol/metrics';
import { trendWindowOf } from './condition';
import { publishedPrefix } from './metric-values';

/** Units of memory for alert instances, about 300 bytes each. */
export const unitsMax = 100_000;
/** The most units of published metrics: the rest is for the host's own. */
export const publishedUnitsMax = 80_000;
/** A trend keeps up to 62 points of its metric. */
const trendUnits = 5;

/** Memory that the alert instances of a state take. */
export interface Budget {
  units: number;
  publishedUnits: number;
  /** Metrics on which some rule is not evaluated for lack of capacity. At most `refusedNamesMax`. */
  readonly refused: Set<string>;
}

export const refusedNamesMax = 100;

export const newBudget = (): Budget => ({ units: 0, publishedUnits: 0, refused: new Set() });

export const unitsOf = (rule: Rule): number => (trendWindowOf(rule) ? trendUnits : 1);
/** Whether programs can publish such a metric: of a sensor, which the host may have as well, or of a published login. */
export const mayBePublished = (metric: string): boolean =>
  isSensorMetric(metric) || metric.startsWith(`user-login.${publishedPrefix}`);

/** A metric, and whether a program publishes it. */
interface Source {
  readonly metric: string;
  readonly isPublished: boolean;
}

/** Whether so many metrics were refused that another published one is not matched with rules. */
export const isExhausted = ({ refused }: Budget, isPublished: boolean): boolean =>
  isPublished && refused.size >= refusedNamesMax;

/** How many units are left for metrics of the host, or for published ones. */
export function unitsLeft({ units, publishedUnits }: Budget, isPublished: boolean): number {
  const left = unitsMax - units;
  return isPublished ? Math.min(left, publishedUnitsMax - publishedUnits) : left;
}

/** The units of a metric with all the rules on it. */
export const unitsOfAll = (rules: readonly Rule[]): number =>
  rules.reduce((units, rule) => units + unitsOf(rule), 0);

/** Takes the units of all the rules on a metric, or none; whether they were left. */
export function takeUnits(budget: Budget, source: Source, rules: readonly Rule[]): boolean {
  if (unitsLeft(budget, source.isPublished) < unitsOfAll(rules)) {
    refuse(budget, source.metric);
    return false;
  }
  countUnits(budget, source, rules);
  return true;
}

/** Takes them even if that exceeds the bound. */
export function countUnits(budget: Budget, { isPublished }: Source, rules: readonly Rule[]): void {
  count(budget, isPublished, unitsOfAll(rules));
}

export function giveUnitsBack(budget: Budget, { isPublished }: Source, rules: readonly Rule[]): void {
  count(budget, isPublished, -unitsOfAll(rules));
}

export function refuse({ refused }: Budget, metric: string): void {
  if (refused.size < refusedNamesMax) refused.add(metric);
}

function count(budget: Budget, isPublished: boolean, units: number): void {
  budget.units += units;
  if (isPublished) budget.publishedUnits += units;
}
