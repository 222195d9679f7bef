'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import type { Series } from '@/lib/charts/series';
import { useLatest, useLiveStore } from '@/lib/client/react/hooks';
import { useSampleState } from '@/lib/client/react/use-sample';
import { formatQuantity, formatTick } from '@/lib/i18n/quantity';
import type { Pressure } from '@/lib/protocol/payloads';
import { Legend, rowAt } from '../charts/live/legend';
import { TimeSeries } from '../charts/live/time-series';
import { EmptyState } from '../ui/empty-state';
import { Panel } from '../ui/panel';
import type { EmbeddableProps } from './embeddable';

/** A smaller share of time is not noticeable, so a quiet machine has quiet lines. */
const axisTopMin = 10;

const highest = (...values: readonly (number | null | undefined)[]) =>
  values.reduce<number | null>((high, value) => (value == null ? high : Math.max(high ?? 0, value)), null);

/** The kernel has `full` for the CPU as a whole only by convention, so it is left out. */
const stalled = (row: Pressure) => highest(row.memory.fullPercent, row.io.fullPercent);
const worst = (row: Pressure | null) =>
  highest(row?.cpu.somePercent, row?.memory.somePercent, row?.io.somePercent);

/** The share of time in which work waited for CPU, memory or disks; darker where all work did. */
export function PressurePanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const locale = useLocale();
  const store = useLiveStore();
  const latest = useLatest('pressure');
  const reading = useSampleState('pressure');

  const lines = useMemo<readonly Series<'pressure'>[]>(
    () => [
      { key: 'cpu', label: t('pressure.cpu'), hue: 'var(--hue-cpu)', value: (row) => row.cpu.somePercent },
      {
        key: 'memory',
        label: t('pressure.memory'),
        hue: 'var(--hue-memory)',
        value: (row) => row.memory.somePercent,
      },
      { key: 'io', label: t('pressure.io'), hue: 'var(--hue-iowait)', value: (row) => row.io.somePercent },
    ],
    [t],
  );
  const drawn = useMemo<readonly Series<'pressure'>[]>(
    () => [
      {
        key: 'memory-full',
        label: '',
        hue: 'var(--hue-memory)',
        area: true,
        value: (row) => row.memory.fullPercent,
      },
      { key: 'io-full', label: '', hue: 'var(--hue-iowait)', area: true, value: (row) => row.io.fullPercent },
      ...lines,
    ],
    [lines],
  );
  const readOut = useMemo<readonly Series<'pressure'>[]>(
    () => [
      ...lines,
      {
        key: 'stalled',
        label: t('pressure.stalled'),
        hue: 'color-mix(in srgb, var(--hue-iowait) 45%, var(--panel))',
        value: stalled,
      },
    ],
    [lines, t],
  );
  const tick = useCallback((value: number) => formatTick(value, 'percent', locale), [locale]);
  const percent = (value: number | null) => formatQuantity(value, 'percent', locale);
  const full = useCallback((value: number) => formatQuantity(value, 'percent', locale), [locale]);
  const describe = (agoMs: number) => percent(worst(rowAt(store, 'pressure', agoMs || null)));

  if (reading === 'absent')
    return (
      <Panel title={t('panel.pressure')} bare={bare} className={className}>
        <EmptyState>{t('pressure.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.pressure')}
      note={t('pressure.note')}
      figure={percent(worst(latest))}
      legend={<Legend type="pressure" series={readOut} unit="percent" />}
      bare={bare}
      className={className}
    >
      <TimeSeries
        type="pressure"
        series={drawn}
        form="line"
        max="auto"
        topMin={axisTopMin}
        valueMax={100}
        formatTick={tick}
        formatValue={full}
        label={t('panel.pressure')}
        describe={describe}
        className={bare ? 'h-full' : 'h-full min-h-44'}
      />
    </Panel>
  );
}
