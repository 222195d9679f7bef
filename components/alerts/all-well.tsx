'use client';

import { useTranslations } from 'next-intl';
import { useContext } from 'react';
import { useHealth } from '@/lib/client/react/use-health';
import { TimeViewContext } from '../charts/time-view';
import { PlaceLink } from '../health/place-link';
import { useFindingText } from '../health/use-finding-text';
import { SeverityIcon } from './severity';

/** Shown when no alert is active, with the worst finding of the health summary, which no rule may cover. */
export function AllWell({ large = false }: { readonly large?: boolean }) {
  const t = useTranslations('alerts');
  const text = useFindingText();
  const { status, findings } = useHealth();
  const shows = useContext(TimeViewContext)?.shows ?? 'present';
  const [worst] = findings.filter(({ severity }) => severity !== 'info');
  // Alerts are always those of the present, whatever time is selected.
  const isOfNow = shows === 'present';
  const isCalm = isOfNow && status === 'calm';
  return (
    <div
      data-calm={isCalm}
      className={`grid h-full content-center justify-items-center gap-1 text-center text-balance ${large ? 'py-8' : 'py-3'}`}
    >
      <SeverityIcon tone={isCalm ? 'resolved' : 'pending'} className={large ? 'mb-1 size-9' : 'size-6'} />
      <p className={`font-semibold ${large ? 'text-base' : 'text-[0.8125rem]'}`}>{t('noneFiring')}</p>
      {/* Two lines high, so that a longer finding moves nothing; a small frame has no room to spare. */}
      <p className="w-full max-w-md text-xs leading-5 text-soft [@media(min-height:12rem)]:min-h-10">
        {isOfNow && worst ? (
          <>
            {t('noRuleFor')}{' '}
            <PlaceLink place={worst.place} className="text-ink">
              {text.clause(worst)}
            </PlaceLink>
          </>
        ) : (
          t('newOnes')
        )}
      </p>
    </div>
  );
}
