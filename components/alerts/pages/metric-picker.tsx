'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { Combobox } from '../../ui/combobox';
import { useMetricName, useMetricValue } from '../metric-name';
import { fitting, type MetricSummary, patternsOf } from './metric-options';

export interface MetricPickerProps {
  readonly metrics: readonly MetricSummary[];
  readonly value: string;
  readonly onChange: (metric: string) => void;
}

/** A metric or a pattern, typed or chosen from the server's list. */
export function MetricPicker({ metrics, value, onChange }: MetricPickerProps) {
  const t = useTranslations('rules.field');
  const nameOf = useMetricName();
  const valueText = useMetricValue();
  const last = useMemo(() => new Map(metrics.map((metric) => [metric.name, metric.last])), [metrics]);
  const options = useMemo(() => {
    const names = metrics.map(({ name }) => name);
    return [...names, ...patternsOf(names)].map((metric) => ({ metric, label: nameOf(metric) }));
  }, [metrics, nameOf]);
  return (
    <Combobox
      value={value}
      onChange={onChange}
      optionsFor={(typed) => fitting(options, typed)}
      textOf={({ metric }) => metric}
      listLabel={t('metricList')}
      className="font-mono"
    >
      {({ metric, label }) => (
        <>
          <span className="min-w-0 flex-1">
            <span className="block truncate">{label}</span>
            <span className="block truncate font-mono text-[0.6875rem] leading-4 text-soft">{metric}</span>
          </span>
          <span className="shrink-0 text-xs text-soft">
            {last.has(metric) ? valueText(metric, last.get(metric)?.value ?? null) : ''}
          </span>
        </>
      )}
    </Combobox>
  );
}
