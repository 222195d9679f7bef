import type { Comparison, NewRule, Rule, Severity } from '@/lib/protocol/alerting';

/** A rule as it is typed: numbers are text until they are sent. */
export interface RuleDraft {
  readonly name: string;
  readonly metric: string;
  readonly comparison: Comparison;
  readonly threshold: string;
  /** The sensor's own limit in place of a threshold. */
  readonly isOwnLimit: boolean;
  readonly clearThreshold: string;
  /** In `forUnit`. */
  readonly forAmount: string;
  readonly forUnit: ForUnit;
  readonly severity: Severity;
  readonly enabled: boolean;
}

export const forUnits = { seconds: 1, minutes: 60, hours: 3_600 } as const;
export type ForUnit = keyof typeof forUnits;

export const newDraft: RuleDraft = {
  name: '',
  metric: '',
  comparison: 'above',
  threshold: '',
  isOwnLimit: false,
  clearThreshold: '',
  forAmount: '1',
  forUnit: 'minutes',
  severity: 'warning',
  enabled: true,
};

export type DraftField = 'name' | 'metric' | 'threshold' | 'clearThreshold' | 'forSeconds';
export type DraftError =
  | 'needed'
  | 'number'
  | 'tooLong'
  | 'stars'
  | 'whole'
  | 'atLeastOne'
  | 'notNegative'
  | 'hours'
  | 'percent'
  | 'clearAbove'
  | 'clearBelow'
  | 'ownLimit';
export type DraftErrors = Readonly<Partial<Record<DraftField, DraftError>>>;

export const longestText = 256;
const longestForSeconds = 30 * 86_400;
const longestForecastHours = 720;

/** Whether sensors of this metric may name a limit of their own. */
export const hasOwnLimit = ({ metric, comparison }: Pick<RuleDraft, 'metric' | 'comparison'>) =>
  comparison === 'above' && /^sensor\..*temperature$/.test(metric);

const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));

const isOwnLimitChosen = ({ isOwnLimit, comparison }: RuleDraft) => isOwnLimit && comparison === 'above';

/** What is wrong with a draft, by field; empty when the server would take it. */
export function errorsOf(draft: RuleDraft): DraftErrors {
  const name = nameError(draft);
  const metric = metricError(draft);
  const forSeconds = durationError(draft);
  const threshold = thresholdError(draft);
  const clearThreshold = clearThresholdError(draft);
  return {
    ...(name && { name }),
    ...(metric && { metric }),
    ...(forSeconds && { forSeconds }),
    ...(threshold && { threshold }),
    ...(clearThreshold && { clearThreshold }),
  };
}

function nameError(draft: RuleDraft): DraftError | null {
  const name = draft.name.trim();
  if (name === '') return 'needed';
  return name.length > longestText ? 'tooLong' : null;
}

function metricError({ metric, comparison }: RuleDraft): DraftError | null {
  if (metric === '') return 'needed';
  if (metric.length > longestText) return 'tooLong';
  if (metric.split('*').length > 5) return 'stars';
  return comparison === 'fullWithinHours' && !metric.endsWith('ercent') ? 'percent' : null;
}

function durationError({ forAmount, forUnit, comparison }: RuleDraft): DraftError | null {
  if (!isNumber(forAmount)) return 'number';
  const seconds = Number(forAmount) * forUnits[forUnit];
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > longestForSeconds) return 'whole';
  return comparison === 'absent' && seconds < 1 ? 'atLeastOne' : null;
}

function thresholdError(draft: RuleDraft): DraftError | null {
  const { comparison, threshold } = draft;
  if (isOwnLimitChosen(draft)) return hasOwnLimit(draft) ? null : 'ownLimit';
  if (threshold.trim() === '') return comparison === 'absent' ? null : 'needed';
  if (!isNumber(threshold)) return 'number';
  const value = Number(threshold);
  if (comparison === 'absent' && value < 0) return 'notNegative';
  const isForecastHours = value > 0 && value <= longestForecastHours;
  return comparison === 'fullWithinHours' && !isForecastHours ? 'hours' : null;
}

const hasClearThreshold = (draft: RuleDraft) =>
  draft.clearThreshold.trim() !== '' && draft.comparison !== 'absent' && !isOwnLimitChosen(draft);

function clearThresholdError(draft: RuleDraft): DraftError | null {
  const { comparison, threshold, clearThreshold } = draft;
  if (!hasClearThreshold(draft)) return null;
  if (!isNumber(clearThreshold)) return 'number';
  if (!isNumber(threshold)) return null;
  const clearsBelow = comparison === 'above' || comparison === 'risesFasterThan';
  if (clearsBelow) return Number(clearThreshold) > Number(threshold) ? 'clearAbove' : null;
  return Number(clearThreshold) < Number(threshold) ? 'clearBelow' : null;
}

/** The rule that a draft without errors stands for. */
export function ruleOf(draft: RuleDraft): NewRule {
  const { name, metric, comparison, severity, enabled } = draft;
  const hasNoThreshold = isOwnLimitChosen(draft) || draft.threshold.trim() === '';
  return {
    name: name.trim(),
    metric,
    comparison,
    threshold: hasNoThreshold ? null : Number(draft.threshold),
    ...(hasClearThreshold(draft) ? { clearThreshold: Number(draft.clearThreshold) } : {}),
    forSeconds: Math.round(Number(draft.forAmount) * forUnits[draft.forUnit]),
    severity,
    enabled,
  };
}

/** A rule to be changed, its duration in the largest unit that is whole. */
export function draftOf(rule: Rule): RuleDraft {
  const { name, metric, comparison, threshold, clearThreshold, forSeconds, severity, enabled } = rule;
  const unit =
    (['hours', 'minutes'] as const).find((one) => forSeconds > 0 && forSeconds % forUnits[one] === 0) ??
    'seconds';
  return {
    name,
    metric,
    comparison,
    threshold: threshold === null ? '' : String(threshold),
    isOwnLimit: threshold === null && comparison === 'above',
    clearThreshold: clearThreshold === undefined ? '' : String(clearThreshold),
    forAmount: String(forSeconds / forUnits[unit]),
    forUnit: unit,
    severity,
    enabled,
  };
}
