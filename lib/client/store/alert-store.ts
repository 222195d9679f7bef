import type { Alert } from '@/lib/protocol/alerting';
import type { SystemAlert } from '@/lib/protocol/payloads';

/** A page's alerts, without React: the active ones, and those that ended while it was open. */
export interface AlertStore {
  /** The newest change first; another list after each change. */
  readonly all: readonly Alert[];
  /** Applies an event of the feed. Returns whether it changed anything. */
  apply(event: SystemAlert): boolean;
  /** Takes in what the server answered: all alerts that were on when it was asked, at `askedAt` by `turn`. */
  replaceActive(alerts: readonly Alert[], askedAt: number): void;
  /** One alert as the server has it, after something was done to it. */
  put(alert: Alert): void;
  /** Counts the events received, to distinguish those that are younger than a response. */
  readonly revision: number;
  subscribe(listener: () => void): () => void;
}

const endedMax = 200;
const order = { pending: 0, firing: 1, resolved: 2 } as const;

interface Entry {
  readonly alert: Alert;
  /** The revision of the last event about it. */
  readonly receivedAt: number;
}

/** Whether `next` came after `before`: replays bring old states again. */
function isNewer(next: Pick<Alert, 'changedAt' | 'state'>, before: Alert | undefined): boolean {
  if (!before) return true;
  if (next.changedAt !== before.changedAt) return next.changedAt > before.changedAt;
  return order[next.state] > order[before.state];
}

export function createAlertStore(initial: readonly Alert[]): AlertStore {
  let entries = new Map<string, Entry>(
    initial.map((alert) => [alert.alertId, { alert, receivedAt: 0 }] as const),
  );
  let all: readonly Alert[] = sorted(entries);
  let turn = 0;
  const listeners = new Set<() => void>();

  function change(next: Map<string, Entry>): void {
    entries = next;
    all = sorted(entries);
    for (const { alertId } of all.filter(({ state }) => state === 'resolved').slice(endedMax))
      entries.delete(alertId);
    if (entries.size < all.length) all = sorted(entries);
    for (const listener of listeners) listener();
  }

  return {
    get all() {
      return all;
    },
    get revision() {
      return turn;
    },
    apply(event) {
      const { ruleId, metric, kind, t, origin, ...rest } = event;
      if (origin !== undefined || kind !== 'rule' || ruleId === null || metric === null) return false;
      const before = entries.get(event.alertId)?.alert;
      const alert: Alert = {
        ...rest,
        ruleId,
        metric,
        changedAt: t,
        acknowledgedAt: before?.acknowledgedAt ?? null,
        silencedUntil: before?.silencedUntil ?? null,
      };
      if (!isNewer(alert, before)) return false;
      turn += 1;
      change(new Map(entries).set(alert.alertId, { alert, receivedAt: turn }));
      return true;
    },
    replaceActive(alerts, askedAt) {
      const kept = [...entries].filter(
        ([, { alert, receivedAt }]) => alert.state === 'resolved' || receivedAt > askedAt,
      );
      const next = new Map(kept);
      for (const alert of alerts) {
        const known = entries.get(alert.alertId);
        if (known && known.receivedAt > askedAt && isNewer(known.alert, alert)) continue;
        next.set(alert.alertId, { alert, receivedAt: known?.receivedAt ?? 0 });
      }
      change(next);
    },
    put(alert) {
      const receivedAt = entries.get(alert.alertId)?.receivedAt ?? 0;
      change(new Map(entries).set(alert.alertId, { alert, receivedAt }));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function sorted(entries: ReadonlyMap<string, Entry>): readonly Alert[] {
  return [...entries.values()]
    .map(({ alert }) => alert)
    .sort((one, other) => other.changedAt - one.changedAt);
}
