import type { SystemAlert } from '@/lib/protocol/payloads';
import { worstFirst } from './severity';

/** What one rule has to say at the moment; however many alerts it has, it says one thing. */
export interface Toast {
  readonly key: string;
  /** Counts what it said: a new word begins its time anew. */
  readonly version: number;
  /** The latest of it. */
  readonly alert: SystemAlert;
  /** Those that fire, by id; empty once all have ended. */
  readonly firing: readonly string[];
}

export interface ToastShelf {
  /** The worst first, then the newest. */
  readonly toasts: readonly Toast[];
  /** What a screen reader is to be told of this change: at once, or when it has a moment. */
  readonly urgent: readonly Toast[];
  readonly calm: readonly Toast[];
}

export const emptyShelf: ToastShelf = { toasts: [], urgent: [], calm: [] };

/** More than this are counted, not shown. */
export const shownToasts = 3;
/** More rules than this at once are kept as alerts, not as notices. */
const toastsMax = 50;

const keyOf = ({ ruleId, alertId }: SystemAlert) => ruleId ?? alertId;
export const isUrgent = ({ alert, firing }: Toast) => firing.length > 0 && alert.severity === 'critical';

function rank(toast: Toast): number {
  return toast.firing.length === 0 ? worstFirst.length : worstFirst.indexOf(toast.alert.severity);
}

/** The notices after news: an alert that fires or ends takes the place of what its rule said before. */
export function withNews(shelf: ToastShelf, events: readonly SystemAlert[]): ToastShelf {
  const toasts = new Map(shelf.toasts.map((toast) => [toast.key, toast]));
  const changed = new Set<string>();
  let isTouched = false;
  for (const alert of events) {
    if (alert.state === 'pending' || alert.kind === 'shutdown') continue;
    isTouched = true;
    const key = keyOf(alert);
    const before = toasts.get(key);
    const others = (before?.firing ?? []).filter((id) => id !== alert.alertId);
    const firing = alert.state === 'firing' ? [...others, alert.alertId] : others;
    // While others of the rule fire, the end of one is no news of its own.
    const told = alert.state === 'resolved' && others.length > 0 && before ? before.alert : alert;
    toasts.delete(key);
    toasts.set(key, { key, version: (before?.version ?? 0) + 1, alert: told, firing });
    if (told === alert) changed.add(key);
  }
  if (!isTouched) return shelf;
  const sorted = [...toasts.values()]
    .reverse()
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, toastsMax);
  const news = sorted.filter(({ key }) => changed.has(key));
  return {
    toasts: sorted,
    urgent: news.filter(isUrgent),
    calm: news.filter((toast) => !isUrgent(toast)),
  };
}

/** Without the notice; whether it has said something since does not matter to who closes it. */
export function without(shelf: ToastShelf, key: string): ToastShelf {
  return { ...shelf, toasts: shelf.toasts.filter((toast) => toast.key !== key) };
}

/** Unix ms until which it stays; `null` for what waits until somebody has seen it. */
export function lifeMs(toast: Toast): number | null {
  if (isUrgent(toast)) return null;
  return toast.firing.length > 0 ? 12_000 : 7_000;
}
