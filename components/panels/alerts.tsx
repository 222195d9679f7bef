'use client';

import { useTranslations } from 'next-intl';
import { useAlerts, useAlertsWithoutRule } from '@/lib/client/react/alerts';
import { activeFirst } from '../alerts/active-alerts';
import { AlertLines } from '../alerts/alert-lines';
import { AllWell } from '../alerts/all-well';
import { Panel } from '../ui/panel';
import { TextLink } from '../ui/text-link';
import type { EmbeddableProps } from './embeddable';

const recentMax = 3;

/** Pending and firing alerts, and those that were resolved while the page was open. Fills its place and scrolls. */
export function AlertsPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations('alerts');
  const alerts = useAlerts();
  const ruleless = useAlertsWithoutRule();
  const active = activeFirst(alerts);
  const ended = alerts.filter(({ state }) => state === 'resolved').slice(0, recentMax);
  const firing = ruleless.length + active.filter(({ state }) => state === 'firing').length;
  const lines = [...active, ...(ruleless.length + active.length < 5 ? ended : [])];
  const isEmpty = ruleless.length + lines.length === 0;
  return (
    <Panel
      title={t('title')}
      figure={bare && firing > 0 ? String(firing) : undefined}
      note={
        bare ? undefined : (
          <TextLink href="/alerts" className="hover:text-ink">
            {t('open')}
          </TextLink>
        )
      }
      bare={bare}
      className={className}
    >
      <div className={bare ? 'scrolling h-full' : 'relative h-full min-h-36'}>
        <div className={bare ? 'h-full' : 'scrolling absolute inset-0'}>
          {isEmpty ? <AllWell /> : <AlertLines ruleless={ruleless} alerts={lines} apart={bare} />}
        </div>
      </div>
    </Panel>
  );
}
