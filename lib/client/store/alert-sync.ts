import type { Alert } from '@/lib/protocol/alerting';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { request } from '../http';
import { type AlertStore, createAlertStore } from './alert-store';
import type { LiveStore } from './store';

/** The page's alerts, kept current by the feed and by polling. */
export interface AlertSync {
  readonly alerts: AlertStore;
  /** How many are active by the server's last response; more than `alerts` has when there are too many for one. */
  readonly total: number;
  /** Calls back with the alert events that happen while the page is open, once silences were fetched. */
  onEvents(listener: (events: readonly SystemAlert[]) => void): () => void;
  /** Fetches the active alerts, with acknowledgements and silences. Never rejects. */
  refresh(): Promise<void>;
  /** Follows the feed; returns a function that stops it. */
  open(): () => void;
}

/** Acknowledgements, silences and values are not in the feed. */
const refreshEveryMs = 5_000;
const timeoutMs = 5_000;

interface ActiveAlerts {
  readonly items: readonly Alert[];
  readonly total: number;
}

const fetchActive = () =>
  request<ActiveAlerts>('/api/alerts?state=pending,firing', { timeoutMs: timeoutMs, tries: 1 });

export function createAlertSync(store: LiveStore, initial: readonly Alert[], totalAtFirst = 0): AlertSync {
  const alerts = createAlertStore(initial);
  const listeners = new Set<(events: readonly SystemAlert[]) => void>();
  const seen = new WeakSet<SystemAlert>();
  let total = totalAtFirst;
  let asking: Promise<void> | null = null;
  let askAgain = false;
  let revision = -1;
  let wasLive = false;

  async function ask(): Promise<void> {
    do {
      askAgain = false;
      const askedAt = alerts.revision;
      const active = await fetchActive();
      // Without an answer the state of the feed is kept until the next refresh.
      if (active.ok) {
        total = active.value.total;
        alerts.replaceActive(active.value.items, askedAt);
      }
    } while (askAgain);
    asking = null;
  }

  function refresh(): Promise<void> {
    if (asking) askAgain = true;
    asking ??= ask();
    return asking;
  }

  function open(): () => void {
    const openedAt = store.hostNow();
    const onChange = () => {
      const isLive = store.state === 'live';
      if (isLive && !wasLive) void refresh();
      wasLive = isLive;
      const table = store.table('system-alert');
      if (table.revision === revision) return;
      revision = table.revision;
      const fresh = table.rows.filter((row) => !seen.has(row));
      for (const row of fresh) seen.add(row);
      if (fresh.filter((row) => alerts.apply(row)).length === 0 && fresh.every(({ kind }) => kind === 'rule'))
        return;
      // Replayed events were announced before, here or on the page before this one.
      const current = fresh.filter(({ t }) => t >= openedAt);
      void refresh().then(() => {
        if (current.length > 0) for (const listener of listeners) listener(current);
      });
    };
    const refreshIfVisible = () => {
      if (document.visibilityState === 'visible') void refresh();
    };
    const unsubscribe = store.subscribe(onChange);
    const timer = setInterval(() => {
      if (alerts.all.some(({ state }) => state !== 'resolved')) refreshIfVisible();
    }, refreshEveryMs);
    document.addEventListener('visibilitychange', refreshIfVisible);
    onChange();
    return () => {
      unsubscribe();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refreshIfVisible);
    };
  }

  return {
    alerts,
    get total() {
      return total;
    },
    onEvents(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
    open,
  };
}
