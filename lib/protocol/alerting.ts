import { z } from 'zod';
import { alertConditionSchema, alertStates, comparisons, processSchema, severities } from './payloads';
import { givenUnixMs } from './time-schema';

/** Why a rule is refused, where the field alone is not enough; in the `params` of an issue, for texts in other languages. */
export type RuleErrorReason =
  | 'stars'
  | 'atLeastOne'
  | 'notNegative'
  | 'ownLimit'
  | 'hours'
  | 'percent'
  | 'clearAbove'
  | 'clearBelow'
  | 'meaningless';

/** The same of a silence. */
export type SilenceErrorReason = 'order';

/** The longest name, and the longest metric. */
export const ruleTextMax = 256;

const day = 86_400;
const unixMs = z.number().int().nonnegative();
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'takes letters, digits, dots, dashes and underscores, 64 at most',
});
/** A metric's name as `lib/protocol/metrics.ts` gives them; each `*` stands for one character or more. */
const metricPattern = z
  .string()
  .min(1)
  .max(ruleTextMax)
  .refine((text) => text.split('*').length <= 5, {
    error: 'takes at most four *',
    params: { reason: 'stars' satisfies RuleErrorReason },
  });

const ruleFields = z.strictObject({
  id,
  name: z.string().trim().min(1).max(ruleTextMax),
  metric: metricPattern,
  comparison: z.enum(comparisons),
  /**
   * In the metric's unit; units a minute for `risesFasterThan`, hours for `fullWithinHours`. For `absent` as many
   * of the metric's usual intervals must pass as well. `null` on a temperature: the sensor's own limit.
   */
  threshold: z.number().nullable().default(null),
  /** A firing alert ends at this value or beyond it; the threshold itself without. */
  clearThreshold: z.number().optional(),
  forSeconds: z
    .number()
    .int()
    .min(0)
    .max(30 * day),
  severity: z.enum(severities),
  enabled: z.boolean().default(true),
});

type RuleFields = Omit<z.infer<typeof ruleFields>, 'id'>;

type Refuse = (path: keyof RuleFields, reason: RuleErrorReason, message: string) => void;

function checkRule(rule: RuleFields, context: z.RefinementCtx): void {
  const refuse: Refuse = (path, reason, message) =>
    context.addIssue({ code: 'custom', path: [path], message, params: { reason } });
  if (rule.comparison === 'absent') checkAbsence(rule, refuse);
  else if (rule.threshold === null) checkOwnLimit(rule, refuse);
  else checkThreshold(rule, rule.threshold, refuse);
}

function checkAbsence({ forSeconds, threshold, clearThreshold }: RuleFields, refuse: Refuse): void {
  if (forSeconds < 1) refuse('forSeconds', 'atLeastOne', 'takes at least 1 for absent');
  if (threshold !== null && threshold < 0) refuse('threshold', 'notNegative', 'takes 0 or more for absent');
  if (clearThreshold !== undefined) refuse('clearThreshold', 'meaningless', 'means nothing for absent');
}

/** Whether a rule may go by the sensors' own limits, without a threshold. */
export const mayUseOwnLimit = ({ comparison, metric }: Pick<RuleFields, 'comparison' | 'metric'>): boolean =>
  comparison === 'above' && /^sensor\..*temperature$/.test(metric);

function checkOwnLimit(rule: RuleFields, refuse: Refuse): void {
  if (!mayUseOwnLimit(rule))
    refuse(
      'threshold',
      'ownLimit',
      "takes a number; null is the sensor's own limit, for above on sensor.*.temperature",
    );
  else if (rule.clearThreshold !== undefined)
    refuse('clearThreshold', 'meaningless', "means nothing with the sensor's own limit as threshold");
}

function checkThreshold(
  { comparison, metric, clearThreshold }: RuleFields,
  threshold: number,
  refuse: Refuse,
): void {
  if (comparison === 'fullWithinHours') {
    if (threshold <= 0 || threshold > 24 * 30)
      refuse('threshold', 'hours', 'takes more than 0 and at most 720 hours');
    if (!metric.endsWith('ercent'))
      refuse('metric', 'percent', 'takes a metric in percent for fullWithinHours');
  }
  if (clearThreshold === undefined) return;
  const isRising = comparison === 'above' || comparison === 'risesFasterThan';
  if (isRising ? clearThreshold > threshold : clearThreshold < threshold)
    refuse(
      'clearThreshold',
      isRising ? 'clearAbove' : 'clearBelow',
      `takes ${isRising ? 'at most' : 'at least'} the threshold for ${comparison}`,
    );
}

/** When something becomes an alert. */
export const ruleSchema = ruleFields.superRefine(checkRule);
/** The same as a program sends it: a new one is given its id. */
export const newRuleSchema = ruleFields.extend({ id: id.optional() }).superRefine(checkRule);

/** What a silence is about: all that is named must match, and nothing named matches all. */
const matcherSchema = z.strictObject({
  ruleId: id.optional(),
  metric: metricPattern.optional(),
  severity: z.enum(severities).optional(),
  host: z.string().min(1).max(256).optional(),
});

export const silenceCommentMax = 1024;
const silenceFields = { id, matcher: matcherSchema, comment: z.string().max(silenceCommentMax).default('') };
const once = z.strictObject({ ...silenceFields, from: givenUnixMs, to: givenUnixMs });
const recurring = z.strictObject({
  ...silenceFields,
  /** Minute, hour, day, month and weekday by this machine's time zone. */
  cron: z.string().min(1).max(128),
  durationSeconds: z
    .number()
    .int()
    .min(1)
    .max(31 * day),
});

function checkSpan({ from, to }: { from: number; to: number }, context: z.RefinementCtx): void {
  if (to > from) return;
  const params = { reason: 'order' satisfies SilenceErrorReason };
  context.addIssue({ code: 'custom', path: ['to'], message: 'takes a time after from', params });
}

/** Alerts that match are not notified for a time; they are evaluated and shown all the same. */
export type Silence = z.infer<typeof once> | z.infer<typeof recurring>;
export const onceSilenceSchema = once.superRefine(checkSpan);
export const recurringSilenceSchema = recurring;

/** An alert of a rule, as it is now or was at its end. */
export const alertSchema = z.object({
  alertId: z.string(),
  ruleId: z.string(),
  host: z.string(),
  name: z.string(),
  metric: z.string(),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  since: unixMs,
  /** When it came into this state. */
  changedAt: unixMs,
  message: z.string(),
  condition: alertConditionSchema.nullish(),
  acknowledgedAt: unixMs.nullable(),
  silencedUntil: unixMs.nullable(),
  culprits: z.array(processSchema),
});

const spanSchema = z
  .object({ from: unixMs, to: unixMs })
  .refine(({ from, to }) => to > from, { path: ['to'], error: 'takes a time after from' });

/** A rule and a span of time in one body: `{rule, from, to}`, or the rule's fields beside `from` and `to`. */
export const previewRequestSchema = z
  .preprocess(
    (body) => {
      if (typeof body !== 'object' || body === null || 'rule' in body) return body;
      const { from, to, ...rule } = body as Record<string, unknown>;
      return { rule, from, to };
    },
    z.strictObject({ rule: newRuleSchema, from: givenUnixMs, to: givenUnixMs }),
  )
  .pipe(z.intersection(z.object({ rule: z.custom<z.infer<typeof newRuleSchema>>() }), spanSchema));

/** A time in which a rule would have fired; `peak` is the worst value in it. */
export interface Firing {
  readonly host: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly peak: number | null;
}

export type Rule = z.infer<typeof ruleSchema>;
export type NewRule = z.infer<typeof newRuleSchema>;
export type Alert = z.infer<typeof alertSchema>;
export type AlertState = Alert['state'];
export type Severity = Rule['severity'];
export type Comparison = Rule['comparison'];
export type Process = z.infer<typeof processSchema>;
