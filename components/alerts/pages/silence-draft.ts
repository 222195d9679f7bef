import type { z } from 'zod';
import {
  onceSilenceSchema,
  recurringSilenceSchema,
  type Severity,
  type SilenceErrorReason,
} from '@/lib/protocol/alerting';

/** A silence as it is typed. */
export interface SilenceDraft {
  readonly what: 'all' | 'rule' | 'metric' | 'severity';
  readonly ruleId: string;
  readonly metric: string;
  readonly severity: Severity;
  readonly when: 'forNow' | 'span' | 'cron';
  /** Minutes, for `forNow` and each time of `cron`. */
  readonly minutes: number;
  /** As `datetime-local` has them: in the reader's time zone. */
  readonly from: string;
  readonly to: string;
  readonly cron: string;
  readonly comment: string;
}

export const newSilence: SilenceDraft = {
  what: 'all',
  ruleId: '',
  metric: '',
  severity: 'info',
  when: 'forNow',
  minutes: 60,
  from: '',
  to: '',
  cron: '0 2 * * 0',
  comment: '',
};

export type SilenceField = 'what' | 'from' | 'to' | 'cron';
/** The texts are under `silences.error`. */
export type SilenceError = 'needed' | 'past' | SilenceErrorReason;
export type SilenceErrors = Readonly<Partial<Record<SilenceField, SilenceError>>>;

const minuteMs = 60_000;
const parsedTime = (text: string) => new Date(text).getTime();

/** The errors of a draft at `now` (Unix ms) by field, from the server's schema; the server itself checks cron expressions. */
export function silenceErrors(draft: SilenceDraft, now: number): SilenceErrors {
  const body = { id: 'new', ...silenceBody(draft, now) };
  const { error } =
    draft.when === 'cron'
      ? recurringSilenceSchema.safeParse(body)
      : onceSilenceSchema.safeParse({ from: Math.round(now), ...body });
  const errors: Partial<Record<SilenceField, SilenceError>> = {};
  for (const issue of error?.issues ?? []) {
    const field = issue.path[0] === 'matcher' ? 'what' : issue.path[0];
    if (field !== 'what' && field !== 'from' && field !== 'to') continue;
    const found = errorOf(issue);
    if (found) errors[field] ??= found;
  }
  if (draft.when === 'span' && parsedTime(draft.to) <= now) errors.to ??= 'past';
  return errors;
}

/** A custom issue without a reason is left to the server's answer. */
function errorOf(issue: z.core.$ZodIssue): SilenceError | null {
  if (issue.code !== 'custom') return 'needed';
  return (issue.params as { readonly reason: SilenceErrorReason } | undefined)?.reason ?? null;
}

/** The body of `POST /api/alerts/silences` for a draft. */
export function silenceBody(draft: SilenceDraft, now: number): object {
  const { what, when, minutes, comment } = draft;
  const matcher =
    what === 'rule'
      ? { ruleId: draft.ruleId }
      : what === 'metric'
        ? { metric: draft.metric.trim() }
        : what === 'severity'
          ? { severity: draft.severity }
          : {};
  const common = { matcher, comment: comment.trim() };
  if (when === 'cron') return { ...common, cron: draft.cron.trim(), durationSeconds: minutes * 60 };
  if (when === 'span') return { ...common, from: parsedTime(draft.from), to: parsedTime(draft.to) };
  return { ...common, to: Math.round(now + minutes * minuteMs) };
}
