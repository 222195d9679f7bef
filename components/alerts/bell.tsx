'use client';

import { useTranslations } from 'next-intl';
import { useId, useRef, useState } from 'react';
import { useAlerts, useAlertsWithoutRule } from '@/lib/client/react/alerts';
import { IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { Popover } from '../ui/popover';
import { unsilencedFiring, worstOf } from './active-alerts';
import { BellMenu } from './bell-menu';
import { toneText } from './severity';

const badge = { critical: 'bg-bad', warning: 'bg-warn', info: 'bg-cpu' } as const;

/** The number of firing alerts and the worst severity; opens the menu of active alerts. */
export function Bell() {
  const t = useTranslations('alerts');
  const alerts = useAlerts();
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const ruleless = useAlertsWithoutRule();
  const loud = [...unsilencedFiring(alerts), ...ruleless];
  const worst = worstOf(loud);
  const label = worst ? t('bell', { count: loud.length, severity: t(`severity.${worst}`) }) : t('bellWell');

  const [close] = useState(() => () => setIsOpen(false));

  return (
    <div className="sm:relative">
      <IconButton
        ref={button}
        label={label}
        aria-expanded={isOpen}
        aria-controls={id}
        data-testid="bell"
        data-count={loud.length}
        data-worst={worst ?? 'none'}
        onClick={() => setIsOpen(!isOpen)}
        className="relative"
      >
        <span className={worst ? toneText[worst] : ''}>
          <Icon name="bell" />
        </span>
        {worst && (
          <span
            aria-hidden="true"
            className={`absolute -top-1.5 -right-1.5 grid h-4.5 min-w-4.5 place-items-center rounded-full px-1 text-[0.6875rem] leading-none font-semibold text-panel ${badge[worst]}`}
          >
            {loud.length > 99 ? '99+' : loud.length}
          </span>
        )}
      </IconButton>
      {isOpen && (
        <Popover
          id={id}
          anchor={button}
          onClose={close}
          label={t('title')}
          className="inset-x-2 top-[3.25rem] max-h-[calc(100dvh-5rem)] overflow-y-auto rounded-xl p-3 sm:inset-x-auto sm:top-11 sm:right-0 sm:w-[26rem]"
        >
          <BellMenu />
        </Popover>
      )}
    </div>
  );
}
