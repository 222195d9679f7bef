import type { Alert, AlertState, Rule, Silence } from '@/lib/protocol/alerting';
import { activeUntil, matches } from '@/lib/server/alerting/silences';
import type { HttpContext } from '../context';
import { type LogSearch, searchLog } from './log-search';

/** A silence that an alert falls under. */
export interface AlertSilence {
  readonly silence: Silence;
  /** Unix ms; `null` while it is not on. */
  readonly until: number | null;
}

/** A change of the alert's state, as the log has it. */
export interface AlertStep {
  readonly t: number;
  readonly state: AlertState;
}

/** All that is known of an alert: for its page. */
export interface AlertStory {
  readonly alert: Alert;
  /** `null` where the rule has been deleted. */
  readonly rule: Rule | null;
  /** The oldest first. */
  readonly steps: readonly AlertStep[];
  readonly silences: readonly AlertSilence[];
  /** Unix ms at which this was so. */
  readonly at: number;
}

const stepsMax = 50;
/** The log is stamped as it comes; an alert's start is by the host's clock. */
const slackMs = 3_600_000;
const states: readonly string[] = ['pending', 'firing', 'resolved'] satisfies AlertState[];

/** The alert and what became of it; `null` where it is not kept. */
export async function alertStory(
  { alerts, log, pause }: Pick<HttpContext, 'alerts' | 'log' | 'pause'>,
  alertId: string,
): Promise<AlertStory | null> {
  const alert = alerts.alert(alertId);
  if (!alert) return null;
  const at = Date.now();
  const search: LogSearch = {
    types: new Set(['system-alert']),
    severities: null,
    text: null,
    alertId,
    from: alert.since - slackMs,
    to: null,
    after: null,
    before: null,
    limit: stepsMax,
  };
  const { items } = await searchLog(log, search, pause);
  const steps = items
    .flatMap(({ t, data: { state } }) =>
      states.includes(String(state)) ? [{ t, state: state as AlertState }] : [],
    )
    .reverse();
  const isOver = alert.state === 'resolved';
  const silences = alerts.silences
    .filter((silence) => matches(silence, alert))
    .map((silence) => ({ silence, until: activeUntil(silence, at) }))
    .filter(({ silence, until }) =>
      isOver && 'to' in silence ? silence.from < alert.changedAt && silence.to > alert.since : until !== null,
    );
  return {
    alert,
    rule: alerts.rules.find(({ id }) => id === alert.ruleId) ?? null,
    steps: steps.length > 0 ? steps : [{ t: alert.changedAt, state: alert.state }],
    silences,
    at,
  };
}
