'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import { useAlerts, useAlertsWithoutRule } from '@/lib/client/react/alerts';
import { activeFirst } from './active';
import { AlertLines } from './alert-lines';
import { AllWell } from './all-well';
import { places } from './places';

export interface BellMenuProps {
  readonly id: string;
  readonly onLeave: () => void;
}

const shown = 5;

/** What is on, and the ways to the pages about alerts. Closes when the reader goes elsewhere. */
export function BellMenu({ id, onLeave }: BellMenuProps) {
  const t = useTranslations('alerts');
  const active = activeFirst(useAlerts());
  const told = useAlertsWithoutRule();
  const count = told.length + active.length;
  const shownTold = told.slice(0, shown);
  const box = useRef<HTMLElement>(null);

  useEffect(() => {
    const leave = ({ target }: Event) => {
      // The button beside it closes it by itself.
      if (target instanceof Node && !box.current?.parentElement?.contains(target)) onLeave();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [onLeave]);

  return (
    <section
      ref={box}
      id={id}
      aria-label={t('title')}
      className="absolute inset-x-2 top-[3.25rem] z-20 max-h-[calc(100dvh-5rem)] overflow-y-auto rounded-xl border border-line bg-panel p-3 shadow-xl sm:inset-x-auto sm:top-11 sm:right-0 sm:w-[26rem]"
    >
      {count === 0 ? (
        <AllWell />
      ) : (
        <AlertLines told={shownTold} alerts={active.slice(0, shown - shownTold.length)} />
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
    </section>
  );
}
