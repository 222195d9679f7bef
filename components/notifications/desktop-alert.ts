import type { SystemAlert } from '@/lib/protocol/payloads';
import { isDesktopOn, showDesktop } from './browser';

/** What was shown, and whose end is news therefore. */
const shown = new Set<string>();

/** Whether somebody has said that they need not be told. One that the server does not know was published. */
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
    // Better once too often.
    return false;
  }
}

/** Shows a change of an alert where this browser is to be told by its pages. */
export async function hearAlert(
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
