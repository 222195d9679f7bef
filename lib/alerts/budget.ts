import type { Rule } from '@/lib/events/alerting';
import { trendWindowOf } from './judge';
import { publishedPrefix } from './readings';

/** Units of memory for alert instances, each a rule on a metric: about 300 bytes. */
export const unitsMax = 100_000;
/** Of these, metrics of sensors, which anybody may publish, take so many at most: the rest is the host's own. */
export const sensorUnitsMax = 80_000;
/** A trend keeps up to 62 points of its metric. */
const trendUnits = 5;

/** What the alert instances of a state take. */
export interface Budget {
  units: number;
  sensorUnits: number;
  /** Metrics on which some rule is not evaluated, since there was no room. At most `refusedNamesMax`. */
  readonly refused: Set<string>;
}

export const refusedNamesMax = 100;

export const newBudget = (): Budget => ({ units: 0, sensorUnits: 0, refused: new Set() });

export const unitsOf = (rule: Rule): number => (trendWindowOf(rule) ? trendUnits : 1);
/** Whether anybody may make such a metric: of a sensor, or of a login that was published. */
export const isSensor = (metric: string): boolean =>
  metric.startsWith('sensor.') || metric.startsWith(`user-login.${publishedPrefix}`);

/** Whether so many sensors were refused that it is not worth matching rules against another one. */
export const isExhausted = ({ refused }: Budget, metric: string): boolean =>
  isSensor(metric) && refused.size >= refusedNamesMax;

/** How many units are left for a metric. */
export function unitsLeft({ units, sensorUnits }: Budget, metric: string): number {
  const left = unitsMax - units;
  return isSensor(metric) ? Math.min(left, sensorUnitsMax - sensorUnits) : left;
}

/** What a metric takes with all the rules on it. */
export const unitsOfAll = (rules: readonly Rule[]): number =>
  rules.reduce((units, rule) => units + unitsOf(rule), 0);

/** Takes what all the rules on a metric need, or nothing; whether there was room. */
export function takeUnits(budget: Budget, metric: string, rules: readonly Rule[]): boolean {
  const units = unitsOfAll(rules);
  if (unitsLeft(budget, metric) < units) {
    refuse(budget, metric);
    return false;
  }
  count(budget, metric, units);
  return true;
}

export function giveUnitsBack(budget: Budget, metric: string, rules: readonly Rule[]): void {
  count(budget, metric, -unitsOfAll(rules));
}

export function refuse({ refused }: Budget, metric: string): void {
  if (refused.size < refusedNamesMax) refused.add(metric);
}

function count(budget: Budget, metric: string, units: number): void {
  budget.units += units;
  if (isSensor(metric)) budget.sensorUnits += units;
}
