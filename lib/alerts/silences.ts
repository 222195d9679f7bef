import { Cron } from 'croner';
import { type Alert, onceSilenceSchema, recurringSilenceSchema, type Silence } from '@/lib/events/alerting';
import { matchesPattern } from '@/lib/events/metric-pattern';
import type { ProblemError } from '@/lib/events/problem';

/** What a matcher looks at. */
export type Matched = Pick<Alert, 'ruleId' | 'metric' | 'severity' | 'host'>;

export type ReadSilence =
  | { readonly ok: true; readonly silence: Silence }
  | { readonly ok: false; readonly errors: readonly ProblemError[] };

/** Reads what a program sent. A silence begins now unless it says otherwise. */
export function readSilence(body: unknown, id: string, now: number): ReadSilence {
  const given = typeof body === 'object' && body !== null ? body : {};
  const isRecurring = 'cron' in given || 'durationSeconds' in given;
  const parsed = isRecurring
    ? recurringSilenceSchema.safeParse({ ...given, id })
    : onceSilenceSchema.safeParse({ from: now, ...given, id });
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return { ok: false, errors };
  }
  const silence: Silence = parsed.data;
  const wrong = 'cron' in silence ? cronError(silence.cron) : null;
  return wrong ? { ok: false, errors: [{ path: 'cron', message: wrong }] } : { ok: true, silence };
}

function cronError(expression: string): string | null {
  try {
    return new Cron(expression).nextRun() ? null : 'never comes';
  } catch (error) {
    return `is no cron expression: ${error instanceof Error ? error.message : error}`;
  }
}

export function matches({ matcher }: Silence, alert: Matched): boolean {
  return (
    (matcher.ruleId === undefined || matcher.ruleId === alert.ruleId) &&
    (matcher.severity === undefined || matcher.severity === alert.severity) &&
    (matcher.host === undefined || matcher.host === alert.host) &&
    (matcher.metric === undefined || matchesPattern(matcher.metric, alert.metric))
  );
}

/** Occurrences that overlap are followed this far. */
const overlapsMax = 100;

/** Until when a silence that is on at `now` lasts, Unix ms; `null` when it is not on. */
export function activeUntil(silence: Silence, now: number): number | null {
  if ('to' in silence) return silence.from <= now && now < silence.to ? silence.to : null;
  const durationMs = silence.durationSeconds * 1000;
  const cron = new Cron(silence.cron);
  let until: number | null = null;
  // An occurrence that began at now − duration is just over, and `nextRun` gives later ones only.
  let start = cron.nextRun(new Date(now - durationMs));
  for (let count = 0; start && start.getTime() <= Math.max(now, until ?? now); count += 1) {
    until = start.getTime() + durationMs;
    if (count >= overlapsMax) break;
    start = cron.nextRun(start);
  }
  return until;
}

/** When a silence begins the next time after `now`, Unix ms; `null` when it does not. */
export function nextStart(silence: Silence, now: number): number | null {
  if ('to' in silence) return silence.from > now ? silence.from : null;
  return new Cron(silence.cron).nextRun(new Date(now))?.getTime() ?? null;
}

/** Until when an alert is silenced; `null` when it is not. */
export function silencedUntil(silences: readonly Silence[], alert: Matched, now: number): number | null {
  let latest: number | null = null;
  for (const silence of silences) {
    const until = matches(silence, alert) ? activeUntil(silence, now) : null;
    if (until !== null && until > (latest ?? 0)) latest = until;
  }
  return latest;
}
