'use client';

import { useLocale } from 'next-intl';
import { useHydrated } from './use-hydrated';

const dayOf = (t: number) => new Date(t).toDateString();

/** A time by the reader's clock, Unix ms; with its day unless that is today. */
export function timestampText(t: number, locale: string, withSeconds = true): string {
  const time = new Date(t).toLocaleTimeString(locale, {
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
  });
  if (dayOf(t) === dayOf(Date.now())) return time;
  const isThisYear = new Date(t).getFullYear() === new Date().getFullYear();
  const date = new Date(t).toLocaleDateString(locale, {
    month: 'short',
    day: 'numeric',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
  return `${date} ${time}`;
}

/** The same on a page that the server has rendered; nothing until the browser has taken it over. */
export function Timestamp({ t, className = '' }: { readonly t: number; readonly className?: string }) {
  const locale = useLocale();
  const isHydrated = useHydrated();
  return (
    <time dateTime={new Date(t).toISOString()} className={`whitespace-nowrap tabular-nums ${className}`}>
      {isHydrated ? timestampText(t, locale) : '\u00A0'}
    </time>
  );
}
