'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useLiveStore } from '@/lib/client/react/hooks';
import type { LiveStore } from '@/lib/client/store/store';
import { formatMeasure, formatQuantity, type Unit, withoutIdleDecimals } from '@/lib/i18n/quantity';
import { coreOfItem, metricOfSensor, partsOfMetric, unitOfMetric } from '@/lib/protocol/metrics';

interface LooseTexts {
  has(key: string): boolean;
  (key: string): string;
}

/** The text at a path that comes from outside, so that the compiler cannot know whether there is one. */
function textOf(t: unknown, path: readonly string[]): string | null {
  const texts = t as LooseTexts;
  const key = path.join('.');
  return path.every((part) => /^[\w-]+$/.test(part)) && texts.has(key) ? texts(key) : null;
}

/** The name of a metric, or of a pattern, in the reader's language; the metric itself where it has none. */
export function useMetricName(): (metric: string) => string {
  const t = useTranslations('metric');
  const known = (...path: readonly string[]) => textOf(t, path);
  return (metric) => {
    const { group, item, field } = partsOfMetric(metric);
    const what = known(group, field);
    if (!item) return (field === '*' ? known('every', group) : what) ?? metric;
    const core = group === 'cpu' ? coreOfItem(item) : null;
    const named =
      /^(core)?\*$/.test(item) && known('every', group)
        ? known('every', group)
        : core !== null
          ? t('cpu.core', { index: core })
          : group === 'pressure'
            ? known(group, item)
            : item;
    return what === null || named === null ? metric : t('of', { item: named, field: what });
  };
}

const units: Readonly<Record<string, Unit>> = {
  '%': 'percent',
  B: 'storageBytes',
  'B/s': 'bytesPerSecond',
  '/s': 'perSecond',
  ms: 'milliseconds',
  MHz: 'frequencyMHz',
};
const memoryGroups = ['memory', 'containers'];

/** The unit that a published sensor gives. */
function unitOfCustom(store: LiveStore, metric: string): string {
  const last = store.last('sensor-data');
  const rows = [...(last ? [last] : []), ...store.table('sensor-data').rows];
  for (const { sensors } of rows.toReversed()) {
    const sensor = sensors.find((one) => metricOfSensor(one) === metric);
    if (sensor) return sensor.unit;
  }
  return '';
}

/** The unit of a metric as it is shown. */
export function useMetricUnit(): (metric: string) => string {
  const store = useLiveStore();
  return (metric) =>
    unitOfMetric(metric) || (partsOfMetric(metric).group === 'sensor' ? unitOfCustom(store, metric) : '');
}

/** A limit without trailing decimals. */
export function useMetricLimit(): (metric: string, value: number | null) => string {
  const say = useMetricValue();
  return (metric, value) => withoutIdleDecimals(say(metric, value));
}

/** A metric's value with its unit. */
export function useMetricValue(): (metric: string, value: number | null) => string {
  const locale = useLocale();
  const unitOf = useMetricUnit();
  return (metric, value) => {
    const unit = unitOf(metric);
    const { group, field } = partsOfMetric(metric);
    if (field.startsWith('load')) return formatQuantity(value, 'load', locale);
    const known = unit === 'B' && memoryGroups.includes(group) ? 'memoryBytes' : units[unit];
    return known ? formatQuantity(value, known, locale) : formatMeasure(value, unit, locale);
  };
}
