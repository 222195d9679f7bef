'use client';

import { useTranslations } from 'next-intl';
import { useAlerts, useAlertsWithoutRule } from '@/lib/client/react/alerts';
import { activeFirst } from './active-alerts';
import { AlertLines } from './alert-lines';
import { AllWell } from './all-well';
import { places } from './places';

const shown = 5;

/** The active alerts, and links to the pages about alerts. */
export function BellMenu() {
  const t = useTranslations('alerts');
  const active = activeFirst(useAlerts());
  const ruleless = useAlertsWithoutRule();
  const count = ruleless.length + active.length;
  const shownRuleless = ruleless.slice(0, shown);
  return (
    <>
      {count === 0 ? (
        <AllWell />
      ) : (
        <AlertLines ruleless={shownRuleless} alerts={active.slice(0, shown - shownRuleless.length)} />
      )}
      {count > shown && <p className="py-1 text-xs text-soft">{t('more', { count: count - shown })}</p>}
      <nav aria-label={t('nav.label')} className="mt-2 flex flex-wrap gap-x-1 border-t border-line pt-2">
        {places.map(({ key, href }) => (
          <a
            key={key}
            href={href}
            className="rounded-md px-2 py-1 text-xs text-soft hover:bg-raised hover:text-ink"
          >
            {t(`nav.${key}`)}
          </a>
        ))}
      </nav>
    </>
  );
}
