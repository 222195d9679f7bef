'use client';

import { useLocale } from 'next-intl';
import { useEffect, useState } from 'react';

const dayMs = 86_400_000;

/** A time of day in the reader's own zone, which the server does not know; with its date where it is not of today. */
export function Moment({ at }: { readonly at: number }) {
  const locale = useLocale();
  const [text, setText] = useState('');
  useEffect(() => {
    const isRecent = Math.abs(Date.now() - at) < dayMs / 2;
    const style = isRecent
      ? ({ timeStyle: 'medium' } as const)
      : ({ dateStyle: 'medium', timeStyle: 'short' } as const);
    setText(new Date(at).toLocaleString(locale, style));
  }, [at, locale]);
  return (
    <time dateTime={new Date(at).toISOString()} className="whitespace-nowrap tabular-nums">
      {text || '…'}
    </time>
  );
}
