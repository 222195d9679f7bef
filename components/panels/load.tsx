'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import type { Series } from '@/lib/charts/series';
import { useLatest, useLiveStore } from '@/lib/client/react/hooks';
import { useSampleState } from '@/lib/client/react/use-sample';
import { formatQuantity, formatTick } from '@/lib/i18n/quantity';
import { Legend, rowAt } from '../charts/live/legend';
import { TimeSeries } from '../charts/live/time-series';
import { EmptyState } from '../ui/empty-state';
import { Figure } from '../ui/figure';
import { Panel } from '../ui/panel';

/** How many tasks run or wait, as the kernel averages it over 1, 5 and 15 minutes. */
export function LoadPanel({ className = '' }: { readonly className?: string }) {
  const t = useTranslations();
  const reading = useSampleState('cpu');
  const locale = useLocale();
  const store = useLiveStore();
  const latest = useLatest('cpu');

  const series = useMemo<readonly Series<'cpu'>[]>(
    () => [
      { key: 'load1', label: t('load.one'), hue: 'var(--hue-load)', value: (row) => row.load1 },
      { key: 'load5', label: t('load.five'), hue: 'var(--hue-cpu)', value: (row) => row.load5 },
      { key: 'load15', label: t('load.fifteen'), hue: 'var(--hue-memory)', value: (row) => row.load15 },
    ],
    [t],
  );
  const tick = useCallback((value: number) => formatTick(value, 'load', locale), [locale]);
  const full = useCallback((value: number) => formatQuantity(value, 'load', locale), [locale]);
  const describe = (agoMs: number) =>
    formatQuantity(rowAt(store, 'cpu', agoMs || null)?.load1, 'load', locale);
  const tasks = { running: latest?.runningTasks, blocked: latest?.blockedTasks };

  if (reading === 'absent')
    return (
      <Panel title={t('panel.load')} className={className}>
        <EmptyState>{t('cpu.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.load')}
      note={
        tasks.running == null || tasks.blocked == null
          ? ''
          : t.rich('load.note', {
              running: tasks.running,
              blocked: tasks.blocked,
              figure: (text) => <Figure unit="count">{text}</Figure>,
            })
      }
      legend={<Legend type="cpu" series={series} unit="load" />}
      className={className}
    >
      <TimeSeries
        type="cpu"
        series={series}
        form="line"
        max="auto"
        formatTick={tick}
        formatValue={full}
        label={t('panel.load')}
        describe={describe}
        className="h-full min-h-44"
      />
    </Panel>
  );
}
