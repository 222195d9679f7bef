'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useAlerts, useAlertsWithoutRule } from '@/lib/client/react/alerts';
import { ringing, worstOf } from './active';
import { LateBellMenu } from './late';
import { toneText } from './severity';

const badge = { critical: 'bg-bad', warning: 'bg-warn', info: 'bg-cpu' } as const;

/** How many alerts fire and how bad the worst is; opens to what they are. */
export function Bell() {
  const t = useTranslations('alerts');
  const alerts = useAlerts();
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const told = useAlertsWithoutRule();
  const loud = [...ringing(alerts), ...told];
  const worst = worstOf(loud);
  const label = worst ? t('bell', { count: loud.length, severity: t(`severity.${worst}`) }) : t('bellWell');

  const [close] = useState(() => () => setIsOpen(false));
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape' || !isOpen) return;
    setIsOpen(false);
    button.current?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from anywhere inside.
    <div onKeyDown={onKeyDown} className="sm:relative">
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={id}
        title={label}
        data-testid="bell"
        data-count={loud.length}
        data-worst={worst ?? 'none'}
        onClick={() => setIsOpen(!isOpen)}
        className={`relative grid size-9 cursor-pointer place-items-center rounded-lg border border-line hover:bg-raised ${worst ? toneText[worst] : 'text-soft hover:text-ink'}`}
      >
        <svg
          aria-hidden="true"
          viewBox="0 0 24 24"
          className="size-4"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        >
          <path d="M6 9a6 6 0 0 1 12 0c0 6 2.5 7.5 2.5 7.5h-17S6 15 6 9M10 20.5a2.2 2.2 0 0 0 4 0" />
        </svg>
        {worst && (
          <span
            aria-hidden="true"
            className={`absolute -top-1.5 -right-1.5 grid h-4.5 min-w-4.5 place-items-center rounded-full px-1 text-[0.6875rem] leading-none font-semibold text-panel ${badge[worst]}`}
          >
            {loud.length > 99 ? '99+' : loud.length}
          </span>
        )}
      </button>
      {isOpen && <LateBellMenu id={id} onLeave={close} />}
    </div>
  );
}
