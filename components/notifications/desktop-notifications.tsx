'use client';

import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import type { SystemAlert } from '@/lib/events/payloads';
import { useLiveStore } from '@/lib/live/hooks';
import { isDesktopOn, showDesktop } from './browser';

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

/** Shows what fires from now on, also while the page is in the background. Draws nothing itself. */
export function DesktopNotifications() {
  const store = useLiveStore();
  const t = useTranslations('desktop');
  useEffect(() => {
    const openedAt = store.hostNow();
    /** What was shown, and whose end is news therefore. */
    const shown = new Set<string>();

    async function hear(alert: SystemAlert): Promise<void> {
      const { alertId, state, severity, name, host, message } = alert;
      if (alert.t < openedAt || alert.kind === 'shutdown' || severity === 'info') return;
      if (!isDesktopOn()) return;
      if (state === 'firing' && !(await isMuted(alert))) {
        shown.add(alertId);
        await showDesktop(t(`firing.${severity}`, { name, host }), message, alertId);
      } else if (state === 'resolved' && shown.delete(alertId)) {
        await showDesktop(t('resolved', { name, host }), message, alertId);
      }
    }

    return store.listen('system-alert', (alert) => {
      hear(alert).catch(() => {
        // The browser would not show it; the page does.
      });
    });
  }, [store, t]);
  return null;
}
