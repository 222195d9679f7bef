'use client';

import { useTranslations } from 'next-intl';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A duration in the largest unit of which it has at least 2, or in seconds. */
export function useDuration(): (ms: number) => string {
  const t = useTranslations('alerts.duration');
  return (ms) => {
    if (ms < 2 * minute) return t('seconds', { seconds: Math.max(0, Math.round(ms / 1000)) });
    if (ms < 2 * hour) return t('minutes', { minutes: Math.round(ms / minute) });
    if (ms < 2 * day) return t('hours', { hours: Math.round(ms / hour) });
    return t('days', { days: Math.round(ms / day) });
  };
}
