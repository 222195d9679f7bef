'use client';

import { useTranslations } from 'next-intl';
import type { Alert } from '@/lib/protocol/alerting';
import { Badge } from '../ui/badge';
import { useAlertText } from './alert-text';
import { SeverityIcon, toneOf } from './severity';
import { useDuration } from './use-duration';
import { useNow } from './use-now';

export interface AlertLineProps {
  readonly alert: Alert;
  /** Links open a new page, for embeds. */
  readonly apart?: boolean;
}

/** One alert in a list: what, since when, and whether it is acknowledged or silenced; a link to its page. */
export function AlertLine({ alert, apart = false }: AlertLineProps) {
  const t = useTranslations('alerts');
  const words = useAlertText();
  const duration = useDuration();
  const now = useNow();
  const { state, severity, since, changedAt, acknowledgedAt, silencedUntil, condition } = alert;
  const isOver = state === 'resolved';
  const isQuiet = acknowledgedAt !== null || silencedUntil !== null || isOver;
  return (
    <a
      href={`/alerts/${encodeURIComponent(alert.alertId)}`}
      {...(apart ? { target: '_blank', rel: 'noopener' } : {})}
      data-state={state}
      data-severity={severity}
      className="-mx-2 flex items-start gap-2.5 rounded-lg px-2 py-1.5 text-[0.8125rem] leading-5 hover:bg-raised"
    >
      <SeverityIcon tone={toneOf(alert)} className="mt-0.5 size-4" />
      {/* Where both have no room beside each other, since when goes below. */}
      <span className="flex min-w-0 flex-1 flex-wrap gap-x-2.5">
        <span className="min-w-0 flex-[1_1_12rem]">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <b
              className={`min-w-0 font-semibold [overflow-wrap:anywhere] ${isQuiet ? 'text-soft' : 'text-ink'}`}
            >
              <span className="sr-only">{`${t(`severity.${severity}`)}, ${t(`state.${state}`)}: `}</span>
              {words.name(alert)}
            </b>
            {state === 'pending' && <Badge tone="quiet">{t('state.pending')}</Badge>}
            {condition?.flapping && !isOver && <Badge tone="warn">{t('flapping')}</Badge>}
            {acknowledgedAt !== null && <Badge tone="quiet">{t('acknowledged')}</Badge>}
            {silencedUntil !== null && <Badge tone="quiet">{t('silenced')}</Badge>}
          </span>
          <span className="block text-xs leading-5 text-soft [overflow-wrap:anywhere]">
            {words.text(alert)}
          </span>
        </span>
        <span className="shrink-0 text-xs leading-5 text-soft">
          {isOver
            ? t('ago', { duration: duration(now - changedAt) })
            : t('since', { duration: duration(now - since) })}
        </span>
      </span>
    </a>
  );
}
