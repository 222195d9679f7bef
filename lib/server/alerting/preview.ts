import type { Firing, Rule } from '@/lib/protocol/alerting';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { activeWatches, evaluate, newHost, newState } from './evaluate';

export interface PreviewOptions {
  /** Where logins came from before, by host: as the running evaluation knows it. */
  readonly known?: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** More than this is no preview but a rule that always fires; the rest is left out. */
export const firingsMax = 1_000;

/**
 * When a rule would have fired over stored events, oldest first. What still fires at the end ends with the last
 * event. It is the live evaluation, on its own.
 */
export async function preview(
  rule: Rule,
  events: Iterable<LoggedEvent> | AsyncIterable<LoggedEvent>,
  { known }: PreviewOptions = {},
): Promise<Firing[]> {
  let state = newState([{ ...rule, enabled: true }]);
  const open = new Map<string, { -readonly [K in keyof Firing]: Firing[K] }>();
  const firings: Firing[] = [];
  const worse = rule.comparison === 'below' || rule.comparison === 'fullWithinHours' ? Math.min : Math.max;
  let firstT: number | null = null;
  for await (const event of events) {
    firstT ??= event.t;
    if (known && !state.hosts.has(event.host)) {
      const host = newHost(event.host, state.budget);
      for (const [address, t] of known.get(event.host) ?? []) if (t < firstT) host.known.set(address, t);
      state.hosts.set(event.host, host);
    }
    const step = evaluate(state, event);
    state = step.state;
    for (const { alertId, host, metric, t, value, state: to, more } of step.transitions) {
      if (more) continue;
      const firing = open.get(alertId);
      if (to === 'firing' && firings.length < firingsMax) {
        const begun = { host, metric, from: t, to: t, peak: value };
        open.set(alertId, begun);
        firings.push(begun);
      } else if (to === 'resolved' && firing) {
        firing.to = t;
        open.delete(alertId);
      }
    }
    if (open.size === 0) continue;
    for (const { host, watch } of activeWatches(state)) {
      const firing = open.get(watch.standing.alertId ?? '');
      if (!firing) continue;
      firing.to = host.clock.lastT ?? firing.to;
      const { value } = watch;
      if (value !== null) firing.peak = worse(firing.peak ?? value, value);
    }
  }
  return firings;
}
