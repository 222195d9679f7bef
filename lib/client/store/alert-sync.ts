import type { Alert } from '@/lib/protocol/alerting';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { request } from '../http';
import { type AlertStore, createAlertStore } from './alert-store';
import type { LiveStore } from './store';

/** The page's alerts, kept current by the feed and by polling. */
export interface AlertSync {
  readonly alerts: AlertStore;
  /** How many are on by the server's last word; more than the alerts has when there are too many for one answer. */
  readonly total: number;
  /** Told of each alert event that happens while the page is open, once the server was asked about silences. */
  onEvents(listener: (events: readonly SystemAlert[]) => void): () => void;
  /** Asks the server what is on, and what people did to it. Never rejects. */
  refresh(): Promise<void>;
  /** Follows the feed; returns the way to stop. */
  open(): () => void;
}

/** Acknowledgements, silences and values are not in the feed. */
const askEveryMs = 5_000;
const answerWithinMs = 5_000;

interface ActiveAlerts {
  readonly items: readonly Alert[];
  readonly total: number;
}

const fetchActive = () =>
  request<ActiveAlerts>('/api/alerts?state=pending,firing', { timeoutMs: answerWithinMs, tries: 1 });

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
    const hear = () => {
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
      // What is replayed has been told of, here or on the page before this one.
      const news = fresh.filter(({ t }) => t >= openedAt);
      void refresh().then(() => {
        if (news.length > 0) for (const listener of listeners) listener(news);
      });
    };
    const look = () => {
      if (document.visibilityState === 'visible') void refresh();
    };
    const stopHearing = store.subscribe(hear);
    const timer = setInterval(() => {
      if (alerts.all.some(({ state }) => state !== 'resolved')) look();
    }, askEveryMs);
    document.addEventListener('visibilitychange', look);
    hear();
    return () => {
      stopHearing();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
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
