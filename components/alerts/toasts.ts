import type { SystemAlert } from '@/lib/protocol/payloads';
import { worstFirst } from './severity';

/** The one notice of a rule, however many of its alerts fire. */
export interface Toast {
  readonly key: string;
  /** Counts its changes; each restarts the time for which it is shown. */
  readonly version: number;
  /** The latest alert. */
  readonly alert: SystemAlert;
  /** The ids of alerts that fire; empty once all are resolved. */
  readonly firing: readonly string[];
}

export interface ToastList {
  /** The worst first, then the newest. */
  readonly toasts: readonly Toast[];
  /** Announced to screen readers after this change: at once (`urgent`) or when they are idle (`calm`). */
  readonly urgent: readonly Toast[];
  readonly calm: readonly Toast[];
}

export const noToasts: ToastList = { toasts: [], urgent: [], calm: [] };

/** Further toasts are counted, not shown. */
export const shownToasts = 3;
/** The most toasts that are kept; further alerts are in the list of alerts alone. */
const toastsMax = 50;

const keyOf = ({ ruleId, alertId }: SystemAlert) => ruleId ?? alertId;
export const isUrgent = ({ alert, firing }: Toast) => firing.length > 0 && alert.severity === 'critical';

function rank(toast: Toast): number {
  return toast.firing.length === 0 ? worstFirst.length : worstFirst.indexOf(toast.alert.severity);
}

/** The toasts after events: an alert that fires or is resolved replaces the toast of its rule. */
export function toastsAfter(list: ToastList, events: readonly SystemAlert[]): ToastList {
  const toasts = new Map(list.toasts.map((toast) => [toast.key, toast]));
  const changed = new Set<string>();
  let isTouched = false;
  for (const alert of events) {
    if (alert.state === 'pending' || alert.kind === 'shutdown') continue;
    isTouched = true;
    const key = keyOf(alert);
    const before = toasts.get(key);
    const others = (before?.firing ?? []).filter((id) => id !== alert.alertId);
    const firing = alert.state === 'firing' ? [...others, alert.alertId] : others;
    // While other alerts of the rule fire, the end of one is not shown.
    const shown = alert.state === 'resolved' && others.length > 0 && before ? before.alert : alert;
    toasts.delete(key);
    toasts.set(key, { key, version: (before?.version ?? 0) + 1, alert: shown, firing });
    if (shown === alert) changed.add(key);
  }
  if (!isTouched) return list;
  const sorted = [...toasts.values()]
    .reverse()
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, toastsMax);
  const announced = sorted.filter(({ key }) => changed.has(key));
  return {
    toasts: sorted,
    urgent: announced.filter(isUrgent),
    calm: announced.filter((toast) => !isUrgent(toast)),
  };
}

/** Without a toast, even if it has changed since it was shown. */
export function withoutToast(list: ToastList, key: string): ToastList {
  return { ...list, toasts: list.toasts.filter((toast) => toast.key !== key) };
}

/** How long it is shown, in ms; `null` until it is dismissed. */
export function lifeMs(toast: Toast): number | null {
  if (isUrgent(toast)) return null;
  return toast.firing.length > 0 ? 12_000 : 7_000;
}
