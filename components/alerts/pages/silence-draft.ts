import type { Severity } from '@/lib/protocol/alerting';

/** What a silence is about and when, as it is typed. */
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
export type SilenceErrors = Readonly<Partial<Record<SilenceField, 'needed' | 'order' | 'past' | 'cron'>>>;

const minuteMs = 60_000;
const momentOf = (text: string) => new Date(text).getTime();

/** What is wrong with a draft at `now` (Unix ms), by field. The server has the last word on cron. */
export function silenceErrors(draft: SilenceDraft, now: number): SilenceErrors {
  const errors: Partial<Record<SilenceField, 'needed' | 'order' | 'past' | 'cron'>> = {};
  const { what, when, from, to, cron } = draft;
  if ((what === 'rule' && draft.ruleId === '') || (what === 'metric' && draft.metric.trim() === ''))
    errors.what = 'needed';
  if (when === 'cron' && cron.trim().split(/\s+/).length !== 5) errors.cron = 'cron';
  if (when !== 'span') return errors;
  if (Number.isNaN(momentOf(from))) errors.from = 'needed';
  if (Number.isNaN(momentOf(to))) errors.to = 'needed';
  else if (momentOf(to) <= momentOf(from)) errors.to = 'order';
  else if (momentOf(to) <= now) errors.to = 'past';
  return errors;
}

/** The body of `POST /api/alerts/silences` for a draft without errors. */
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
  const said = { matcher, comment: comment.trim() };
  if (when === 'cron') return { ...said, cron: draft.cron.trim(), durationSeconds: minutes * 60 };
  if (when === 'span') return { ...said, from: momentOf(draft.from), to: momentOf(draft.to) };
  return { ...said, to: Math.round(now + minutes * minuteMs) };
}
