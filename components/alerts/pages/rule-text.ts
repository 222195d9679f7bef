'use client';

import { useTranslations } from 'next-intl';
import type { NewRule } from '@/lib/protocol/alerting';
import { useMetricLimit, useMetricName } from '../metric-name';
import { useDuration } from '../use-duration';

const loginMetric = 'user-login.*.newAddress';

/** The condition of a rule in one line. */
export function useRuleText(): (rule: Omit<NewRule, 'id'>) => string {
  const t = useTranslations('rules.sum');
  const metricName = useMetricName();
  const limit = useMetricLimit();
  const duration = useDuration();
  return ({ metric, comparison, threshold, forSeconds }) => {
    const named = { metric: metricName(metric) };
    if (metric === loginMetric && comparison === 'above' && threshold === 0) return t('login');
    const condition =
      comparison === 'absent'
        ? t('absent', named)
        : comparison === 'fullWithinHours'
          ? t('fullWithinHours', { ...named, hours: threshold ?? 0 })
          : comparison === 'above' && threshold === null
            ? t('aboveOwn', named)
            : t(comparison, { ...named, limit: limit(metric, threshold) });
    return forSeconds === 0 ? condition : t('for', { condition, duration: duration(forSeconds * 1000) });
  };
}
