'use client';

import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { useLiveStore } from '@/lib/client/react/hooks';
import { showAlert } from './desktop-alert';

/** Shows what fires from now on, also while the page is in the background. Draws nothing itself. */
export function DesktopNotifications() {
  const store = useLiveStore();
  const t = useTranslations('desktop');
  const say = useTranslations('alerts.say');
  useEffect(() => {
    const openedAt = store.hostNow();
    return store.listen('system-alert', (alert) => {
      const { t: at, kind, severity, host } = alert;
      const name = alert.origin === 'published' ? say('published', { name: alert.name }) : alert.name;
      if (at < openedAt || kind === 'shutdown' || severity === 'info') return;
      void showAlert(alert, {
        firing: t(`firing.${severity}`, { name, host }),
        resolved: t('resolved', { name, host }),
      }).catch(() => {
        // The browser refused to show it; the page shows it.
      });
    });
  }, [store, t, say]);
  return null;
}
