'use client';

import { useTranslations } from 'next-intl';
import type { FiringAlert } from '@/lib/protocol/initial-state';
import { useAlertText } from './alert-text';
import { SeverityIcon } from './severity';
import { useDuration } from './use-duration';
import { useNow } from './use-now';

export interface RulelessAlertLineProps {
  readonly alert: FiringAlert;
  /** Links open a new page, for embeds. */
  readonly apart?: boolean;
}

/** An alert without a rule, in a list: it has no page and cannot be acknowledged or silenced. */
export function RulelessAlertLine({ alert, apart = false }: RulelessAlertLineProps) {
  const t = useTranslations('alerts');
  const words = useAlertText();
  const duration = useDuration();
  const now = useNow();
  return (
    <a
      href="/events"
      {...(apart ? { target: '_blank', rel: 'noopener' } : {})}
      data-told
      data-severity={alert.severity}
      className="-mx-2 flex items-start gap-2.5 rounded-lg px-2 py-1.5 text-[0.8125rem] leading-5 hover:bg-raised"
    >
      <SeverityIcon tone={alert.severity} className="mt-0.5 size-4" />
      <b className="min-w-0 flex-1 font-semibold [overflow-wrap:anywhere] text-ink">
        <span className="sr-only">{`${t(`severity.${alert.severity}`)}: `}</span>
        {words.name(alert)}
      </b>
      <span className="shrink-0 text-xs leading-5 text-soft">
        {t('ago', { duration: duration(now - alert.t) })}
      </span>
    </a>
  );
}
