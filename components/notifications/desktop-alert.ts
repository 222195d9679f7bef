import type { SystemAlert } from '@/lib/protocol/payloads';
import { isDesktopOn, showDesktop } from './browser';

/** Firing alerts that were shown, so that their resolution is shown too. */
const shown = new Set<string>();

/** Whether it is acknowledged or silenced. The server lists no published alerts: those are not muted. */
async function isMuted({ alertId }: SystemAlert): Promise<boolean> {
  try {
    const answer = await fetch('/api/alerts?state=firing', { cache: 'no-store' });
    const { items } = (await answer.json()) as {
      items: readonly {
        readonly alertId: string;
        readonly acknowledgedAt: number | null;
        readonly silencedUntil: number | null;
      }[];
    };
    const known = items.find((alert) => alert.alertId === alertId);
    return (known?.acknowledgedAt ?? known?.silencedUntil ?? null) !== null;
  } catch {
    // Shown once too often is better than not at all.
    return false;
  }
}

/** Shows a change of an alert if desktop notifications are on in this browser. */
export async function showAlert(
  alert: SystemAlert,
  titles: { readonly firing: string; readonly resolved: string },
): Promise<void> {
  if (!isDesktopOn()) return;
  const { alertId, state, message } = alert;
  if (state === 'firing' && !(await isMuted(alert))) {
    shown.add(alertId);
    await showDesktop(titles.firing, message, alertId);
  } else if (state === 'resolved' && shown.delete(alertId)) {
    await showDesktop(titles.resolved, message, alertId);
  }
}
