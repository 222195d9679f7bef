import type { z } from 'zod';
import {
  type Comparison,
  type NewRule,
  newRuleSchema,
  type Rule,
  type RuleErrorReason,
  type Severity,
} from '@/lib/protocol/alerting';

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
/** What is wrong with a field; the texts are under `rules.error`. */
export type DraftError = 'needed' | 'number' | 'tooLong' | 'whole' | Exclude<RuleErrorReason, 'meaningless'>;
export type DraftErrors = Readonly<Partial<Record<DraftField, DraftError>>>;

const isBlank = (text: string) => text.trim() === '';
/** `NaN` for text that is not a number. */
const numberOf = (text: string) => (isBlank(text) ? Number.NaN : Number(text));

const isOwnLimitChosen = ({ isOwnLimit, comparison }: RuleDraft) => isOwnLimit && comparison === 'above';
const hasClearThreshold = (draft: RuleDraft) =>
  !isBlank(draft.clearThreshold) && draft.comparison !== 'absent' && !isOwnLimitChosen(draft);

/** The errors of a draft by field, from the server's schema; empty when the server would accept it. */
export function errorsOf(draft: RuleDraft): DraftErrors {
  const rule = ruleOf(draft);
  const errors: Partial<Record<DraftField, DraftError>> = {};
  const check = (result: z.ZodSafeParseResult<unknown>, name?: DraftField) => {
    for (const issue of result.error?.issues ?? []) {
      const field = name ?? (issue.path[0] as DraftField);
      errors[field] ??= errorOf(issue, field);
    }
  };
  // Singly as well: the whole rule is only checked once each field is valid.
  const { name, metric, forSeconds } = newRuleSchema.shape;
  check(name.safeParse(rule.name), 'name');
  check(metric.safeParse(rule.metric), 'metric');
  check(forSeconds.safeParse(rule.forSeconds), 'forSeconds');
  // Without a threshold, the sensor's own limit must have been chosen.
  const isThresholdMissing =
    isBlank(draft.threshold) && !isOwnLimitChosen(draft) && draft.comparison !== 'absent';
  if (isThresholdMissing) errors.threshold = 'needed';
  check(newRuleSchema.safeParse({ ...rule, name: 'a rule' }));
  return errors;
}

function errorOf(issue: z.core.$ZodIssue, field: DraftField): DraftError {
  if (issue.code === 'custom') return (issue.params as { readonly reason: DraftError }).reason;
  if (issue.code === 'too_big') return field === 'forSeconds' ? 'whole' : 'tooLong';
  if (issue.code === 'too_small') return field === 'forSeconds' ? 'whole' : 'needed';
  return issue.code === 'invalid_type' && issue.expected === 'int' ? 'whole' : 'number';
}

/** The rule of a draft. */
export function ruleOf(draft: RuleDraft): NewRule {
  const { name, metric, comparison, severity, enabled } = draft;
  const hasNoThreshold = isOwnLimitChosen(draft) || isBlank(draft.threshold);
  return {
    name: name.trim(),
    metric,
    comparison,
    threshold: hasNoThreshold ? null : numberOf(draft.threshold),
    ...(hasClearThreshold(draft) ? { clearThreshold: numberOf(draft.clearThreshold) } : {}),
    forSeconds: numberOf(draft.forAmount) * forUnits[draft.forUnit],
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
