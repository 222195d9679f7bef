'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useMemo, useState } from 'react';
import { useLiveStore } from '@/lib/client/react/hooks';
import type { NewRule } from '@/lib/protocol/alerting';
import { samplesKeptMs } from '@/lib/protocol/limits';
import { HistoryChart } from '../../charts/static/history-chart';
import { Card } from '../../ui/card';
import { Select } from '../../ui/select';
import { timestampText } from '../../ui/timestamp';
import { useMetricLimit, useMetricName, useMetricUnit, useMetricValue } from '../metric-name';
import { toneHue } from '../severity';
import { useDuration } from '../use-duration';
import type { MetricSummary } from './metric-options';
import { useHistory } from './use-history';
import { usePreview } from './use-preview';

const minute = 60_000;
const spans = { '15m': 15 * minute, '1h': 60 * minute, '6h': 360 * minute, '24h': 1440 * minute } as const;
type Span = keyof typeof spans;
const listed = 6;
/** A rule that fires more often than this per hour is marked as noisy. */
const oftenPerHour = 4;
const noRange = { from: 0, to: 0 };

export interface RulePreviewProps {
  /** `null` while the form is incomplete. */
  readonly rule: NewRule | null;
  /** The present metrics that it matches. */
  readonly metrics: readonly MetricSummary[];
}

/** When a rule would have fired, in words and on the chart of one of its metrics. */
export function RulePreview({ rule, metrics }: RulePreviewProps) {
  const t = useTranslations('rules.preview');
  const locale = useLocale();
  const nameOf = useMetricName();
  const unitOf = useMetricUnit();
  const valueText = useMetricValue();
  const limitText = useMetricLimit();
  const store = useLiveStore();
  const [openedAt, setOpenedAt] = useState<number | null>(null);
  const duration = useDuration();
  const [span, setSpan] = useState<Span>('1h');
  const [chosen, setChosen] = useState<string | null>(null);
  const { preview, isRunning } = usePreview(rule, spans[span]);
  const firings = preview?.answer.ok ? preview.answer.value.firings : [];

  const names = [...new Set([...firings.map(({ metric }) => metric), ...metrics.map(({ name }) => name)])];
  const metric = chosen !== null && names.includes(chosen) ? chosen : (names[0] ?? null);
  // A metric is shown as soon as it is chosen: a threshold is easier to find on its chart.
  const range = useMemo(
    () => preview?.range ?? (openedAt === null ? noRange : { from: openedAt - spans[span], to: openedAt }),
    [preview, openedAt, span],
  );
  const data = useHistory(metric, null, range);
  useEffect(() => setOpenedAt(Math.floor(store.hostNow())), [store]);
  const own = firings.filter((firing) => firing.metric === metric);
  const lengths = firings.map(({ from, to }) => to - from);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const hue = toneHue[rule?.severity ?? 'warning'];
  const isLevel = rule?.comparison === 'above' || rule?.comparison === 'below';
  const level = (at: number, color: string) => ({
    value: at,
    label: limitText(metric ?? '', at),
    hue: color,
  });
  const levels = [
    ...(isLevel && typeof rule.threshold === 'number' ? [level(rule.threshold, hue)] : []),
    ...(isLevel && rule.clearThreshold !== undefined && rule.clearThreshold !== rule.threshold
      ? [level(rule.clearThreshold, 'var(--good)')]
      : []),
  ];

  const summary = () => {
    if (!rule) return t('wait');
    if (isRunning || !preview) return t('running');
    if (!preview.answer.ok)
      return t('failed', { detail: preview.answer.detail || String(preview.answer.status) });
    if (firings.length === 0) return t('none');
    return t('count', {
      count: firings.length,
      total: duration(total),
      longest: duration(Math.max(...lengths)),
    });
  };
  const hours = Math.min(spans[span], samplesKeptMs) / (60 * minute);
  const isNoisy =
    firings.length / Math.max(1, new Set(firings.map((one) => one.metric)).size) > oftenPerHour * hours;

  return (
    <Card aria-label={t('title')} className="min-w-0 p-4">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 className="mr-auto text-sm font-semibold">{t('title')}</h2>
        {names.length > 1 && (
          <Select
            aria-label={t('which')}
            value={metric ?? ''}
            options={names}
            labelOf={nameOf}
            onChange={setChosen}
            className="max-w-48"
          />
        )}
        <Select
          aria-label={t('range')}
          value={span}
          options={Object.keys(spans) as Span[]}
          labelOf={(one) => t(one)}
          onChange={setSpan}
        />
      </div>
      <p role="status" data-testid="preview-summary" className="min-h-10 text-[0.8125rem] leading-5">
        {summary()}
        {isNoisy && firings.length > 0 && !isRunning && <span className="text-warn"> {t('noisy')}</span>}
      </p>
      <div className={`min-h-57 ${isRunning ? 'opacity-60' : ''}`}>
        {data && metric !== null ? (
          <HistoryChart
            name={nameOf(metric)}
            isPercent={unitOf(metric) === '%'}
            formatValue={(at) => valueText(metric, at)}
            formatLimit={(at) => limitText(metric, at)}
            data={data}
            range={range}
            levels={levels}
            spans={own}
            spanHue={hue}
          />
        ) : (
          <p className="grid h-57 place-content-center text-center text-[0.8125rem] text-soft">
            {metric !== null && data === null ? t('noData') : ''}
          </p>
        )}
      </div>
      {own.length > 0 && (
        <ul className="mt-2 grid gap-1 text-xs leading-5 text-soft">
          {own.slice(-listed).map(({ from, to, peak }) => (
            <li key={from}>
              {t('peak', {
                from: timestampText(from, locale),
                duration: duration(to - from),
                peak: valueText(metric ?? '', peak),
              })}
            </li>
          ))}
        </ul>
      )}
      {spans[span] > samplesKeptMs && <p className="mt-2 text-xs leading-5 text-soft">{t('kept')}</p>}
    </Card>
  );
}
