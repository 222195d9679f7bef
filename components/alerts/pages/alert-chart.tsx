'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { Alert, AlertState, Rule } from '@/lib/protocol/alerting';
import { HistoryChart } from '../../charts/static/history-chart';
import { useMetricLimit, useMetricName, useMetricUnit, useMetricValue } from '../metric-name';
import { toneHue } from '../severity';
import { useNow } from '../use-now';
import { useHistory } from './use-history';

export interface AlertChartProps {
  readonly alert: Alert;
  readonly rule: Rule | null;
  readonly steps: readonly { readonly t: number; readonly state: AlertState }[];
  readonly at: number;
}

const aroundMsMin = 5 * 60_000;
const againMs = 5_000;

/** The metric from before the alert began until after its end. */
export function AlertChart({ alert, rule, steps, at }: AlertChartProps) {
  const t = useTranslations('alertPages');
  const nameOf = useMetricName();
  const unitOf = useMetricUnit();
  const valueText = useMetricValue();
  const limitText = useMetricLimit();
  const isOver = alert.state === 'resolved';
  const present = Math.max(at, useNow(againMs));
  const end = isOver ? alert.changedAt : present;
  const around = Math.max(aroundMsMin, (end - alert.since) * 0.3);
  const from = Math.floor((alert.since - around) / 1000) * 1000;
  const to = Math.floor(Math.min(present, end + around) / 1000) * 1000;
  const range = useMemo(() => ({ from, to }), [from, to]);
  const data = useHistory(alert.metric, alert.host, range);
  const firedAt = steps.find(({ state }) => state === 'firing')?.t;

  // The units of rises and of forecasts are not those of the metric.
  const isLevel = alert.condition?.comparison === 'above' || alert.condition?.comparison === 'below';
  const levels = [
    ...(isLevel && alert.threshold !== null
      ? [
          {
            value: alert.threshold,
            label: `${t('threshold')} ${limitText(alert.metric, alert.threshold)}`,
            hue: toneHue[alert.severity],
          },
        ]
      : []),
    ...(isLevel && rule?.clearThreshold !== undefined && rule.clearThreshold !== alert.threshold
      ? [
          {
            value: rule.clearThreshold,
            label: limitText(alert.metric, rule.clearThreshold),
            hue: 'var(--good)',
          },
        ]
      : []),
  ];
  if (!data)
    return (
      <p className="grid h-57 place-content-center text-[0.8125rem] text-soft">
        {t(data === null ? 'chartNone' : 'chartLoading')}
      </p>
    );
  return (
    <HistoryChart
      name={nameOf(alert.metric)}
      isPercent={unitOf(alert.metric) === '%'}
      formatValue={(at) => valueText(alert.metric, at)}
      formatLimit={(at) => limitText(alert.metric, at)}
      data={data}
      range={range}
      levels={levels}
      spans={firedAt === undefined ? [] : [{ from: firedAt, to: end }]}
      spanHue={toneHue[alert.severity]}
    />
  );
}
