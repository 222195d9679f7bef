import type { Locale } from '@/lib/i18n/locales';

const thinSpace = '\u202F';
const byteUnits = ['B', 'kB', 'MB', 'GB'] as const;

/** Three significant digits at most. Bytes on a wire are counted by the thousand. */
export function bytesText(bytes: number, locale: Locale): string {
  let rest = bytes;
  let unit = 0;
  while (rest >= 999.5 && unit < byteUnits.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  const decimals = unit === 0 || rest >= 99.95 ? 0 : 1;
  return `${rest.toLocaleString(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}${thinSpace}${byteUnits[unit]}`;
}

/** `0.4 ms`, `12 ms`, `1.8 s`, `4 min`. */
export function latencyText(milliseconds: number, locale: Locale): string {
  const [value, unit] =
    milliseconds < 999.5
      ? [milliseconds, 'ms']
      : milliseconds < 99_950
        ? [milliseconds / 1000, 's']
        : [milliseconds / 60_000, 'min'];
  const decimals = Math.abs(value) < 9.95 ? 1 : 0;
  return `${value.toLocaleString(locale, { maximumFractionDigits: decimals })}${thinSpace}${unit}`;
}

/** `14:02:07.123` on this reader's clock. */
export function clockText(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
