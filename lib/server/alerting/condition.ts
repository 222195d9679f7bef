import type { Rule } from '@/lib/protocol/alerting';
import type { Verdict } from './alert-instance';
import type { Limits } from './metric-values';
import {
  addPoint,
  forecastWindow,
  hoursUntilFull,
  type Points,
  risePerMinute,
  riseWindow,
  type TrendWindow,
} from './trend';

export interface Judgement {
  readonly verdict: Verdict;
  /** What was compared: the value, units a minute, or hours. Infinite when it never fills. */
  readonly value: number | null;
  readonly threshold: number | null;
}

interface Judged {
  readonly rule: Rule;
  points: Points | null;
}

/** Some drivers report limits that mean nothing, such as 0 or 65261 °C. */
const plausibleLimit = { above: 0, below: 200 };
/** An alert against a sensor's own limit ends this share below it. */
const ownBand = 0.05;

export function trendWindowOf({ comparison, threshold }: Rule): TrendWindow | null {
  if (comparison === 'risesFasterThan') return riseWindow;
  return comparison === 'fullWithinHours' ? forecastWindow(threshold ?? 0) : null;
}

/** What a rule says of a value; `null` is a value that is missing, which says nothing. */
export function judge(
  watch: Judged,
  value: number | null,
  limits: Limits | undefined,
  clock: { readonly watchedMs: number; readonly skippedMs: number },
): Judgement {
  const { rule } = watch;
  if (value === null) return { verdict: 'unknown', value, threshold: rule.threshold };
  switch (rule.comparison) {
    case 'above':
    case 'below': {
      const [threshold, clear] = boundsOf(rule, limits);
      return compared(value, threshold, clear, rule.comparison === 'above');
    }
    case 'risesFasterThan': {
      watch.points = addPoint(watch.points, riseWindow, clock, value);
      return compared(risePerMinute(watch.points), ...boundsOf(rule, limits), true);
    }
    case 'fullWithinHours': {
      const window = forecastWindow(rule.threshold ?? 0);
      watch.points = addPoint(watch.points, window, clock, value);
      return compared(hoursUntilFull(watch.points, window), ...boundsOf(rule, limits), false);
    }
    case 'absent':
      return { verdict: 'clear', value, threshold: rule.threshold };
  }
}

function boundsOf(rule: Rule, limits: Limits | undefined): readonly [number | null, number | null] {
  if (rule.threshold !== null) return [rule.threshold, rule.clearThreshold ?? rule.threshold];
  const own = (rule.severity === 'critical' ? limits?.critical : limits?.high) ?? null;
  const isPlausible = own !== null && own > plausibleLimit.above && own < plausibleLimit.below;
  return isPlausible ? [own, own * (1 - ownBand)] : [null, null];
}

function compared(
  value: number | null,
  threshold: number | null,
  clear: number | null,
  isAbove: boolean,
): Judgement {
  if (value === null || threshold === null || clear === null)
    return { verdict: 'unknown', value: null, threshold };
  const isBreach = isAbove ? value > threshold : value < threshold;
  const isClear = isAbove ? value <= clear : value >= clear;
  return { verdict: isBreach ? 'breach' : isClear ? 'clear' : 'between', value, threshold };
}
