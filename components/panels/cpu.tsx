'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import type { Series } from '@/lib/charts/series';
import { useLatest, useLive, useLiveStore } from '@/lib/client/react/hooks';
import { useSampleState } from '@/lib/client/react/use-sample';
import { formatQuantity, formatTick } from '@/lib/i18n/quantity';
import type { Cpu } from '@/lib/protocol/payloads';
import { Legend, rowAt } from '../charts/live/legend';
import { TimeSeries } from '../charts/live/time-series';
import { EmptyState } from '../ui/empty-state';
import { Panel } from '../ui/panel';
import type { EmbeddableProps } from './embeddable';

/**
 * A sum in which a mode that this host does not report counts as none. Of the highest of each mode in a step, which need
 * not have been at one time, no more than the highest of all.
 */
function sum(row: Cpu, ...modes: readonly (number | null)[]): number | null {
  const known = modes.filter((mode) => mode !== null);
  if (known.length === 0) return null;
  return Math.min(
    known.reduce((all, mode) => all + mode, 0),
    row.totalPercent ?? 100,
  );
}

const user = (row: Cpu) => sum(row, row.userPercent, row.nicePercent, row.guestPercent);
const total = (row: Cpu) => row.totalPercent;
const system = (row: Cpu) => sum(row, row.systemPercent, row.irqPercent, row.softirqPercent);

/** CPU time by mode, stacked. */
export function CpuPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const reading = useSampleState('cpu');
  const locale = useLocale();
  const store = useLiveStore();
  const cores = useLive(({ facts }) => facts.cores);
  const latest = useLatest('cpu');
  const frequency = latest?.frequencyMHz ?? null;

  const series = useMemo<readonly Series<'cpu'>[]>(
    () => [
      { key: 'user', label: t('cpu.user'), hue: 'var(--hue-cpu)', value: user },
      { key: 'system', label: t('cpu.system'), hue: 'var(--hue-system)', value: system },
      {
        key: 'iowait',
        label: t('cpu.iowait'),
        hue: 'var(--hue-iowait)',
        value: (row) => row.iowaitPercent ?? 0,
      },
      {
        key: 'steal',
        label: t('cpu.steal'),
        hue: 'var(--hue-steal)',
        value: (row) => row.stealPercent ?? 0,
      },
    ],
    [t],
  );
  const tick = useCallback((value: number) => formatTick(value, 'percent', locale), [locale]);
  const full = useCallback((value: number) => formatQuantity(value, 'percent', locale), [locale]);
  const describe = (agoMs: number) =>
    formatQuantity(rowAt(store, 'cpu', agoMs || null)?.totalPercent, 'percent', locale);
  const note = t('cpu.note', {
    cores: cores ?? latest?.cores.length ?? 0,
    frequency: frequency === null ? 'none' : formatQuantity(frequency, 'frequencyMHz', locale),
  });

  if (reading === 'absent')
    return (
      <Panel title={t('panel.cpu')} bare={bare} className={className}>
        <EmptyState>{t('cpu.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.cpu')}
      note={note}
      figure={formatQuantity(latest?.totalPercent, 'percent', locale)}
      legend={<Legend type="cpu" series={series} unit="percent" />}
      bare={bare}
      className={className}
    >
      <TimeSeries
        type="cpu"
        series={series}
        form="stack"
        total={total}
        max={100}
        formatTick={tick}
        formatValue={full}
        label={t('panel.cpu')}
        describe={describe}
        className={bare ? 'h-full' : 'h-full min-h-52'}
      />
    </Panel>
  );
}
