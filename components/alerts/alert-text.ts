'use client';

import { useTranslations } from 'next-intl';
import type { Alert } from '@/lib/protocol/alerting';
import { englishRuleNames } from '@/lib/protocol/default-rule-names';
import { partsOfMetric } from '@/lib/protocol/metrics';
import type { AlertCondition, SystemAlert } from '@/lib/protocol/payloads';
import { useMetricLimit, useMetricName, useMetricValue } from './metric-name';
import { useDuration } from './use-duration';

/** An alert of the feed or of the API. */
export type ShownAlert = Pick<
  SystemAlert,
  'name' | 'ruleId' | 'state' | 'metric' | 'value' | 'threshold' | 'since' | 'message' | 'condition'
> &
  (Pick<SystemAlert, 't' | 'kind'> | Pick<Alert, 'changedAt'>);

export interface AlertText {
  /** The name, translated where it is that of a default rule, and marked if the alert was published. */
  name(alert: Pick<ShownAlert, 'name' | 'ruleId'> & Pick<SystemAlert, 'origin'>): string;
  /** A title marked as published. */
  published(title: string): string;
  /** The condition in one clause, without a full stop. */
  text(alert: ShownAlert): string;
}

/** Alerts in the reader's language; those without a rule have the text that was published. */
export function useAlertText(): AlertText {
  const t = useTranslations('alerts.say');
  const rules = useTranslations('defaultRule');
  const metricName = useMetricName();
  const value = useMetricValue();
  const limit = useMetricLimit();
  const duration = useDuration();

  function resolvedText(alert: ShownAlert, metric: string): string {
    const named = { metric: metricName(metric) };
    const { group, item } = partsOfMetric(metric);
    switch (alert.condition?.reason) {
      case 'rule-changed':
        return t('ruleChanged');
      case 'gone':
        return t('gone', named);
      case 'no-value':
        return t('noValue', named);
    }
    if (group === 'user-login') return t('loginOver', { address: item ?? '' });
    if (alert.condition?.comparison === 'absent') return t('back', named);
    const isValue = alert.condition?.comparison === 'above' || alert.condition?.comparison === 'below';
    return isValue && alert.value !== null
      ? t('well', { ...named, value: value(metric, alert.value) })
      : t('wellPlain', named);
  }

  function firingText(alert: ShownAlert, condition: AlertCondition, metric: string): string {
    if (alert.state === 'resolved') return resolvedText(alert, metric);
    const { threshold } = alert;
    const { group, item } = partsOfMetric(metric);
    if (group === 'user-login') return t('login', { address: item ?? '' });
    const named = { metric: metricName(metric) };
    const limits = { value: value(metric, alert.value), limit: limit(metric, threshold) };
    switch (condition.comparison) {
      case 'above':
      case 'below':
        return t(condition.comparison, { ...named, ...limits });
      case 'risesFasterThan':
        return t('rises', { ...named, ...limits });
      case 'fullWithinHours':
        return alert.value === null
          ? t('fullSoon', named)
          : t('full', { ...named, duration: duration(alert.value * 3_600_000) });
      case 'absent': {
        const at = 't' in alert ? alert.t : alert.changedAt;
        return t('absent', {
          ...named,
          duration: duration(Math.max(at - alert.since, condition.forSeconds * 1000)),
        });
      }
    }
  }

  return {
    name({ name, ruleId, origin }) {
      if (origin === 'published') return t('published', { name });
      const id = ruleId as keyof typeof englishRuleNames;
      return ruleId !== null && englishRuleNames[id] === name ? rules(id) : name;
    },
    published: (name) => t('published', { name }),
    text(alert) {
      const { metric, condition } = alert;
      if ('kind' in alert && alert.kind === 'shutdown') return t('stopping');
      if ('kind' in alert && alert.kind === 'storage') return t('storage', { detail: alert.message });
      if (!condition || metric === null) return alert.message;
      if (condition.more !== undefined) {
        const isPublished = condition.origin === 'published';
        if (alert.state === 'resolved') return t(isPublished ? 'noMorePublished' : 'noMore', { metric });
        const count = alert.value ?? condition.more;
        return t(isPublished ? 'morePublished' : 'more', { count, metric });
      }
      if (condition.shared && alert.state !== 'resolved')
        return t('shared', { ...condition.shared, text: firingText(alert, condition, metric) });
      return firingText(alert, condition, metric);
    },
  };
}
