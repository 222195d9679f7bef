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

/** What is wrong with a draft, by field; empty when the server would take it. */
export function errorsOf(draft: RuleDraft): DraftErrors {
  const errors: Partial<Record<DraftField, DraftError>> = {};
  const { comparison, threshold, clearThreshold, forAmount, forUnit } = draft;
  const name = draft.name.trim();
  if (name === '') errors.name = 'needed';
  else if (name.length > longestText) errors.name = 'tooLong';

  if (draft.metric === '') errors.metric = 'needed';
  else if (draft.metric.length > longestText) errors.metric = 'tooLong';
  else if (draft.metric.split('*').length > 5) errors.metric = 'stars';
  else if (comparison === 'fullWithinHours' && !draft.metric.endsWith('ercent')) errors.metric = 'percent';

  const seconds = Number(forAmount) * forUnits[forUnit];
  if (!isNumber(forAmount)) errors.forSeconds = 'number';
  else if (!Number.isInteger(seconds) || seconds < 0 || seconds > longestForSeconds)
    errors.forSeconds = 'whole';
  else if (comparison === 'absent' && seconds < 1) errors.forSeconds = 'atLeastOne';

  const isOwn = draft.isOwnLimit && comparison === 'above';
  if (isOwn) {
    if (!hasOwnLimit(draft)) errors.threshold = 'ownLimit';
  } else if (threshold.trim() === '') {
    if (comparison !== 'absent') errors.threshold = 'needed';
  } else if (!isNumber(threshold)) errors.threshold = 'number';
  else if (comparison === 'absent' && Number(threshold) < 0) errors.threshold = 'notNegative';
  else if (
    comparison === 'fullWithinHours' &&
    !(Number(threshold) > 0 && Number(threshold) <= longestForecastHours)
  )
    errors.threshold = 'hours';

  if (clearThreshold.trim() === '' || comparison === 'absent' || isOwn) return errors;
  if (!isNumber(clearThreshold)) errors.clearThreshold = 'number';
  else if (isNumber(threshold)) {
    const clearsBelow = comparison === 'above' || comparison === 'risesFasterThan';
    if (clearsBelow && Number(clearThreshold) > Number(threshold)) errors.clearThreshold = 'clearAbove';
    if (!clearsBelow && Number(clearThreshold) < Number(threshold)) errors.clearThreshold = 'clearBelow';
  }
  return errors;
}

/** The rule that a draft without errors stands for. */
export function ruleOf(draft: RuleDraft): NewRule {
  const { name, metric, comparison, severity, enabled } = draft;
  const isOwn = draft.isOwnLimit && comparison === 'above';
  const threshold = isOwn || draft.threshold.trim() === '' ? null : Number(draft.threshold);
  const hasClear = draft.clearThreshold.trim() !== '' && comparison !== 'absent' && !isOwn;
  return {
    name: name.trim(),
    metric,
    comparison,
    threshold,
    ...(hasClear ? { clearThreshold: Number(draft.clearThreshold) } : {}),
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
