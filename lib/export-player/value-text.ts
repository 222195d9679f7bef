import type { Locale } from '@/lib/i18n/locales';
import { formatMeasure, formatQuantity, type Unit, withoutIdleDecimals } from '@/lib/i18n/quantity';

const units: Readonly<Record<string, Unit>> = {
  '%': 'percent',
  B: 'memoryBytes',
  'B/s': 'bytesPerSecond',
  '/s': 'perSecond',
  ms: 'milliseconds',
  MHz: 'frequencyMHz',
};

export type SayValue = (value: number | null) => string;

/** Formats a chart's values as everywhere in Hostbeat. */
export function sayer(chart: { readonly key: string; readonly unit: string }, lang: Locale): SayValue {
  if (chart.key === 'load') return (value) => formatQuantity(value, 'load', lang);
  const unit = units[chart.unit];
  return (value) => (unit ? formatQuantity(value, unit, lang) : formatMeasure(value, chart.unit, lang));
}

/** The same for an axis, without superfluous decimals. */
export const onAxis = (say: SayValue): SayValue => {
  return (value) => withoutIdleDecimals(say(value));
};
