import type { Locale } from '@/lib/i18n/locales';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12, 24].map((count) => count * hour),
];

const tags: Readonly<Record<Locale, string>> = { en: 'en-GB', zh: 'zh-CN' };
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** How far the reader's clock is ahead of UTC at a moment. */
const zoneMs = (t: number) => -new Date(t).getTimezoneOffset() * minute;

/** The name of the reader's time zone. */
export const zoneName = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Round times by the reader's clock, about `most` of them at most, with the words for each. */
export function timeTicks(
  from: number,
  to: number,
  most: number,
  lang: Locale,
): readonly { readonly t: number; readonly label: string }[] {
  const stepMs = steps.find((step) => (to - from) / step <= most) ?? 24 * hour;
  const format: Intl.DateTimeFormatOptions = stepMs < minute ? { ...clock, second: '2-digit' } : clock;
  const first = Math.ceil((from + zoneMs(from)) / stepMs) * stepMs - zoneMs(from);
  const ticks: { t: number; label: string }[] = [];
  for (let t = first; t <= to; t += stepMs)
    ticks.push({ t, label: new Date(t).toLocaleTimeString(tags[lang], format) });
  return ticks;
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

/** From when to when, the day once where it is one. */
export function rangeText(from: number, to: number, lang: Locale, timeZone?: string): string {
  const [first, last] = [dayText(from, lang, timeZone), dayText(to, lang, timeZone)];
  const begin = `${first} ${timeText(from, lang, timeZone)}`;
  return `${begin} – ${first === last ? '' : `${last} `}${timeText(to, lang, timeZone)}`;
}
