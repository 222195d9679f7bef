'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import type { Series } from '@/lib/charts/series';
import { useLatest, useLiveStore } from '@/lib/client/react/hooks';
import { useSampleState } from '@/lib/client/react/use-sample';
import { formatQuantity, formatTick } from '@/lib/i18n/quantity';
import type { Memory } from '@/lib/protocol/payloads';
import { Legend, rowAt } from '../charts/live/legend';
import { TimeSeries } from '../charts/live/time-series';
import { EmptyState } from '../ui/empty-state';
import { Panel } from '../ui/panel';
import type { EmbeddableProps } from './embeddable';

/** Cache that can be had back, so that used, cache and free add up to the whole. */
function reclaimable({ availableBytes, freeBytes }: Memory): number | null {
  return availableBytes === null || freeBytes === null ? null : Math.max(0, availableBytes - freeBytes);
}

const filled = ({ totalBytes, freeBytes }: Memory) =>
  totalBytes === null || freeBytes === null ? null : totalBytes - freeBytes;

/** Used memory and cache, stacked up to the total. */
export function MemoryPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const reading = useSampleState('memory');
  const locale = useLocale();
  const store = useLiveStore();
  const latest = useLatest('memory');
  const totalBytes = latest?.totalBytes ?? store.facts.memoryBytes;

  const stack = useMemo<readonly Series<'memory'>[]>(
    () => [
      { key: 'used', label: t('memory.used'), hue: 'var(--hue-memory)', value: (row) => row.usedBytes },
      { key: 'cache', label: t('memory.cache'), hue: 'var(--hue-cache)', value: reclaimable, derived: true },
    ],
    [t],
  );
  const readOut = useMemo<readonly Series<'memory'>[]>(
    () => [
      ...stack,
      { key: 'free', label: t('memory.free'), hue: 'var(--line)', value: (row) => row.freeBytes },
    ],
    [stack, t],
  );
  const tick = useCallback((value: number) => formatTick(value, 'memoryBytes', locale), [locale]);
  const full = useCallback((value: number) => formatQuantity(value, 'memoryBytes', locale), [locale]);
  const describe = (agoMs: number) =>
    formatQuantity(rowAt(store, 'memory', agoMs || null)?.usedBytes, 'memoryBytes', locale);

  if (reading === 'absent')
    return (
      <Panel title={t('panel.memory')} bare={bare} className={className}>
        <EmptyState>{t('memory.absent')}</EmptyState>
      </Panel>
    );
  return (
    <Panel
      title={t('panel.memory')}
      note={formatQuantity(totalBytes, 'memoryBytes', locale)}
      figure={formatQuantity(latest?.usedBytes, 'memoryBytes', locale)}
      legend={<Legend type="memory" series={readOut} unit="memoryBytes" />}
      bare={bare}
      className={className}
    >
      <TimeSeries
        type="memory"
        series={stack}
        form="stack"
        total={filled}
        max={totalBytes ?? 'auto'}
        formatTick={tick}
        formatValue={full}
        label={t('panel.memory')}
        describe={describe}
        className={bare ? 'h-full' : 'h-full min-h-44'}
      />
    </Panel>
  );
}
