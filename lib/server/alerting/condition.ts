import type { Rule } from '@/lib/protocol/alerting';
import type { ConditionResult } from './alert-instance';
import type { ValueContext } from './metric-values';
import {
  addPoint,
  forecastWindow,
  hoursUntilFull,
  type Points,
  risePerMinute,
  riseWindow,
  type TrendWindow,
} from './trend';

export interface Assessment {
  readonly result: ConditionResult;
  /** What was compared: the value, units a minute, or hours. Infinite when it never fills. */
  readonly value: number | null;
  readonly threshold: number | null;
}

interface Assessed {
  readonly rule: Rule;
  points: Points | null;
}

/** Some drivers report meaningless limits, such as 0 or 65261 °C. */
const plausibleLimit = { above: 0, below: 200 };
/** An alert against a sensor's own limit ends this share below it. */
const ownBand = 0.05;

export function trendWindowOf({ comparison, threshold }: Rule): TrendWindow | null {
  if (comparison === 'risesFasterThan') return riseWindow;
  return comparison === 'fullWithinHours' ? forecastWindow(threshold ?? 0) : null;
}

/** Compares a value with a rule's condition; `null`, a missing value, is `unknown`. */
export function assess(
  instance: Assessed,
  value: number | null,
  context: ValueContext | undefined,
  clock: { readonly watchedMs: number; readonly skippedMs: number },
): Assessment {
  const { rule } = instance;
  if (value === null) return { result: 'unknown', value, threshold: rule.threshold };
  switch (rule.comparison) {
    case 'above':
    case 'below': {
      const [threshold, clear] = boundsOf(rule, context);
      return compared(value, threshold, clear, rule.comparison === 'above');
    }
    case 'risesFasterThan': {
      instance.points = addPoint(instance.points, riseWindow, clock, value);
      return compared(risePerMinute(instance.points), ...boundsOf(rule, context), true);
    }
    case 'fullWithinHours': {
      const window = forecastWindow(rule.threshold ?? 0);
      instance.points = addPoint(instance.points, window, clock, value);
      return compared(hoursUntilFull(instance.points, window), ...boundsOf(rule, context), false);
    }
    case 'absent':
      return { result: 'clear', value, threshold: rule.threshold };
  }
}

function boundsOf(rule: Rule, context: ValueContext | undefined): readonly [number | null, number | null] {
  if (rule.threshold !== null) return [rule.threshold, rule.clearThreshold ?? rule.threshold];
  const own = (rule.severity === 'critical' ? context?.critical : context?.high) ?? null;
  const isPlausible = own !== null && own > plausibleLimit.above && own < plausibleLimit.below;
  return isPlausible ? [own, own * (1 - ownBand)] : [null, null];
}

function compared(
  value: number | null,
  threshold: number | null,
  clear: number | null,
  isAbove: boolean,
): Assessment {
  if (value === null || threshold === null || clear === null)
    return { result: 'unknown', value: null, threshold };
  const isBreach = isAbove ? value > threshold : value < threshold;
  const isClear = isAbove ? value <= clear : value >= clear;
  return { result: isBreach ? 'breach' : isClear ? 'clear' : 'between', value, threshold };
}
