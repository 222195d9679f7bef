import { type TimeRange, tickLabel, timeTicks } from '@/lib/charts/time-axis';
import type { Locale } from '@/lib/i18n/locales';

const tags: Readonly<Record<Locale, string>> = { en: 'en-GB', zh: 'zh-CN' };
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** The name of the reader's time zone. */
export const zoneName = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Round times of the local clock in a range, about `most` of them at most, with a label for each. */
export function labelledTicks(
  range: TimeRange,
  ticksMax: number,
  lang: Locale,
): readonly { readonly t: number; readonly label: string }[] {
  const { stepMs, ticks } = timeTicks(range, ticksMax);
  return ticks.map((t) => ({ t, label: tickLabel(t, stepMs, tags[lang]) }));
}

export const timeText = (t: number, lang: Locale, timeZone?: string) =>
  new Date(t).toLocaleTimeString(tags[lang], {
    ...clock,
    second: '2-digit',
    ...(timeZone ? { timeZone } : {}),
  });

export const dayText = (t: number, lang: Locale, timeZone?: string) =>
  new Date(t).toLocaleDateString(tags[lang], {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    ...(timeZone ? { timeZone } : {}),
  });

/** Start and end of a range; the day only once where it is the same. */
export function rangeText(from: number, to: number, lang: Locale, timeZone?: string): string {
  const [first, last] = [dayText(from, lang, timeZone), dayText(to, lang, timeZone)];
  const begin = `${first} ${timeText(from, lang, timeZone)}`;
  return `${begin} – ${first === last ? '' : `${last} `}${timeText(to, lang, timeZone)}`;
}
