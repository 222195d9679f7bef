import { useLocale, useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { rootPx } from '@/lib/charts/label-placement';
import { fractionOf, tickLabel, timeTicks } from '@/lib/charts/time-axis';
import type { TimeTick } from '../frame';
import { liveSpanMs, type TimeDomain } from '../live-time';

const minuteMs = 60_000;
/** As far apart as round times are wide, in rem. */
const roomForLabelRem = 5.625;

/** The labels of the time axis: how long ago while it moves, else round times. */
export function useTimeTicks(domain: TimeDomain, width: number, isPresent: boolean): readonly TimeTick[] {
  const t = useTranslations('chart');
  const locale = useLocale();
  const ticksMax = Math.max(2, Math.floor(width / (roomForLabelRem * rootPx())));
  return useMemo(() => {
    if (domain === 'live') {
      const minutes = liveSpanMs / minuteMs;
      return Array.from({ length: minutes + 1 }, (_, index) => ({
        at: index / minutes,
        label:
          index === minutes && !isPresent
            ? '0'
            : t('axis', { seconds: (minutes - index) * 60, minutes: minutes - index }),
      }));
    }
    const { stepMs, ticks } = timeTicks(domain, ticksMax);
    return ticks.map((tick) => ({
      at: fractionOf(tick, domain),
      label: tickLabel(tick, stepMs, locale),
    }));
  }, [domain, isPresent, locale, ticksMax, t]);
}
