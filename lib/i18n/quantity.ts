import type { Locale } from './locales';

/** What a number measures; decides its unit, its scale and its digits. */
export type Unit =
  | 'percent'
  | 'memoryBytes'
  | 'storageBytes'
  | 'bytesPerSecond'
  | 'perSecond'
  | 'milliseconds'
  | 'celsius'
  | 'rpm'
  | 'volt'
  | 'watt'
  | 'load'
  | 'frequencyMHz';

export interface Quantity {
  readonly number: string;
  readonly unit: string;
}

const missing: Quantity = { number: '–', unit: '' };
/** Narrow and unbreakable: a figure keeps its unit at the end of a line. */
const thinSpace = '\u202F';

/** Memory is counted as its makers do (JEDEC): 1 GB of RAM is 2^30 bytes, as `free` and every OS's panel show it. */
const memoryUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Disks and networks are counted in powers of ten, as on their labels and in `df -H`: 1 GB is 10^9 bytes. */
const storageUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const rateUnits = storageUnits.map((unit) => `${unit}/s`);

/** At most three significant digits, and as many decimals all the time as keep the figure from jumping about. */
function digits(value: number, locale: Locale): string {
  const decimals = Math.abs(value) >= 99.95 ? 0 : 1;
  return value.toLocaleString(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

const hundredths = (value: number, locale: Locale) =>
  value.toLocaleString(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function scaled(value: number, step: number, units: readonly string[], locale: Locale): Quantity {
  let rest = value;
  let index = 0;
  // Before the step is reached: 1,000 of a unit would be a fourth digit.
  while (Math.abs(rest) >= 999.5 && index < units.length - 1) {
    rest /= step;
    index += 1;
  }
  const number = index === 0 ? Math.round(rest).toLocaleString(locale) : digits(rest, locale);
  return { number, unit: units[index] ?? '' };
}

/** A value as people read it; an en dash where it cannot be had. */
export function quantityOf(value: number | null | undefined, unit: Unit, locale: Locale): Quantity {
  if (value == null || !Number.isFinite(value)) return missing;
  switch (unit) {
    case 'percent':
      return { number: digits(value, locale), unit: '%' };
    case 'memoryBytes':
      return scaled(value, 1024, memoryUnits, locale);
    case 'storageBytes':
      return scaled(value, 1000, storageUnits, locale);
    case 'bytesPerSecond':
      return scaled(value, 1000, rateUnits, locale);
    case 'perSecond':
      return { number: digits(value, locale), unit: '/s' };
    case 'milliseconds':
      if (value >= 999.5) return { number: digits(value / 1000, locale), unit: 's' };
      return { number: value < 9.995 ? hundredths(value, locale) : digits(value, locale), unit: 'ms' };
    case 'celsius':
      return { number: digits(value, locale), unit: '°C' };
    case 'rpm':
      return { number: Math.round(value).toLocaleString(locale), unit: 'rpm' };
    case 'volt':
      return {
        number: Math.abs(value) < 9.995 ? hundredths(value, locale) : digits(value, locale),
        unit: 'V',
      };
    case 'watt':
      return { number: digits(value, locale), unit: 'W' };
    case 'load':
      return { number: value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2), unit: '' };
    case 'frequencyMHz':
      return { number: digits(value / 1000, locale), unit: 'GHz' };
  }
}

/** For axis ticks, which stand still: no decimals that say nothing. */
export function formatTick(value: number, unit: Unit, locale: Locale): string {
  return withoutIdleDecimals(formatQuantity(value, unit, locale));
}

/** `95.0 %` as `95 %`. */
export function withoutIdleDecimals(text: string): string {
  // A comma stands between thousands, in both languages.
  return text.replace(/\.0+(?!\d)|(?<=\.\d*[1-9])0+(?!\d)/, '');
}

/** The same in one string, a narrow space before the unit. */
export function formatQuantity(value: number | null | undefined, unit: Unit, locale: Locale): string {
  const quantity = quantityOf(value, unit, locale);
  return quantity.unit ? `${quantity.number}${thinSpace}${quantity.unit}` : quantity.number;
}

/** The units of sensors that have a form of their own, by how a sensor says them. */
const sensorUnits: Readonly<Record<string, Unit>> = {
  '%': 'percent',
  '°C': 'celsius',
  rpm: 'rpm',
  V: 'volt',
  W: 'watt',
};

/** A value in a unit that somebody chose: `420 ppm`. */
export function formatMeasure(value: number | null, unit: string, locale: Locale): string {
  const known = sensorUnits[unit];
  if (known || value === null) return formatQuantity(value, known ?? 'percent', locale);
  const number = Math.abs(value) >= 999.5 ? Math.round(value).toLocaleString(locale) : digits(value, locale);
  return unit ? `${number}${thinSpace}${unit}` : number;
}
