import { Cron } from 'croner';
import { type Alert, onceSilenceSchema, recurringSilenceSchema, type Silence } from '@/lib/protocol/alerting';
import { matchesPattern } from '@/lib/protocol/metric-pattern';
import { badBody, parseBody, type Result } from '@/lib/protocol/result';
import { earliestTime } from '@/lib/protocol/time-expression';

/** What a matcher compares. */
export type MatchedAlert = Pick<Alert, 'ruleId' | 'metric' | 'severity' | 'host'>;

/** A silence of a request's body; without `from` it begins now. */
export function readSilence(body: unknown, id: string, now: number): Result<Silence> {
  const given = typeof body === 'object' && body !== null ? body : {};
  const isRecurring = 'cron' in given || 'durationSeconds' in given;
  const parsed: Result<Silence> = isRecurring
    ? parseBody(recurringSilenceSchema, { ...given, id })
    : parseBody(onceSilenceSchema, { from: Math.max(now, earliestTime), ...given, id });
  const wrong = parsed.ok && 'cron' in parsed.value ? cronError(parsed.value.cron) : null;
  return wrong === null ? parsed : badBody([{ path: 'cron', message: wrong }]);
}

function cronError(expression: string): string | null {
  try {
    return new Cron(expression).nextRun() ? null : 'never comes';
  } catch (error) {
    return `is no cron expression: ${error instanceof Error ? error.message : error}`;
  }
}

export function matches({ matcher }: Silence, alert: MatchedAlert): boolean {
  return (
    (matcher.ruleId === undefined || matcher.ruleId === alert.ruleId) &&
    (matcher.severity === undefined || matcher.severity === alert.severity) &&
    (matcher.host === undefined || matcher.host === alert.host) &&
    (matcher.metric === undefined || matchesPattern(matcher.metric, alert.metric))
  );
}

/** Overlapping runs are one silence, up to these bounds; its end is computed again when it comes. */
const overlapsMax = 100;
const followedMs = 3 * 86_400_000;
/** The most cron evaluations within a turn of the event loop, of up to 0.2 ms each; further overlaps are followed later. */
const evaluationsPerTurn = 500;
let evaluationsLeft = evaluationsPerTurn;

function mayFollow(): boolean {
  if (evaluationsLeft === evaluationsPerTurn) {
    setImmediate(() => {
      evaluationsLeft = evaluationsPerTurn;
    }).unref();
  }
  evaluationsLeft -= 1;
  return evaluationsLeft > 0;
}

/** The latest run that began at `t` or before; one exists. */
const latestStart = (cron: Cron, t: number) => cron.previousRuns(1, new Date(t + 1))[0]?.getTime() ?? t;

/** The cached state of a recurring silence: `until` holds from `from` to before `to`, all Unix ms. */
interface RecurringState {
  readonly cron: Cron;
  readonly from: number;
  readonly to: number;
  readonly until: number | null;
}

/** A changed silence is another object. */
const states = new WeakMap<Silence, RecurringState>();

/** Evaluates the cron expression only when the silence has come to its next change, or the clock was set back. */
function stateAt(silence: Extract<Silence, { cron: string }>, now: number): RecurringState {
  const cached = states.get(silence);
  if (cached && cached.from <= now && now < cached.to) return cached;
  const durationMs = silence.durationSeconds * 1000;
  const cron = cached?.cron ?? new Cron(silence.cron);
  // A run that began at now − duration is just over, and `nextRun` gives later ones only.
  const first = cron.nextRun(new Date(now - durationMs))?.getTime() ?? null;
  let until: number | null = first !== null && first <= now ? latestStart(cron, now) + durationMs : null;
  for (let count = 0; until !== null && count < overlapsMax && until < now + followedMs; count += 1) {
    if (!mayFollow()) break;
    const next: number = latestStart(cron, until) + durationMs;
    if (next <= until) break;
    until = next;
  }
  const to = until ?? first ?? Number.POSITIVE_INFINITY;
  const state = { cron, from: now, to, until };
  states.set(silence, state);
  return state;
}

/** Until when a silence that is on at `now` lasts, Unix ms; `null` when it is not on. */
export function activeUntil(silence: Silence, now: number): number | null {
  if ('to' in silence) return silence.from <= now && now < silence.to ? silence.to : null;
  return stateAt(silence, now).until;
}

/** When a silence begins the next time after `now`, Unix ms; `null` when it does not. */
export function nextStart(silence: Silence, now: number): number | null {
  if ('to' in silence) return silence.from > now ? silence.from : null;
  const { cron, until, to } = stateAt(silence, now);
  if (until === null) return Number.isFinite(to) ? to : null;
  return cron.nextRun(new Date(now))?.getTime() ?? null;
}

/** The silences that are on at `now`, with their ends: to look many alerts up against. */
export function activeSilences(
  silences: readonly Silence[],
  now: number,
): readonly { readonly silence: Silence; readonly until: number }[] {
  return silences.flatMap((silence) => {
    const until = activeUntil(silence, now);
    return until === null ? [] : [{ silence, until }];
  });
}

/** Until when an alert is silenced by what is on; `null` when it is not. */
export function silencedBy(active: ReturnType<typeof activeSilences>, alert: MatchedAlert): number | null {
  let latest: number | null = null;
  for (const { silence, until } of active) {
    if (until > (latest ?? 0) && matches(silence, alert)) latest = until;
  }
  return latest;
}

/** Until when an alert is silenced; `null` when it is not. */
export function silencedUntil(silences: readonly Silence[], alert: MatchedAlert, now: number): number | null {
  return silencedBy(activeSilences(silences, now), alert);
}
