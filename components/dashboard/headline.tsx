'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { formatQuantity } from '@/lib/i18n/quantity';
import { useLatest, useLive, useLiveStore } from '@/lib/live/hooks';
import { judge, share, type Tone, weighedMs } from '@/lib/live/verdict';

const toneClass: Readonly<Record<Tone, string>> = {
  unknown: 'text-soft',
  calm: 'text-ink',
  warning: 'text-warn',
  critical: 'text-bad',
};

const sentence = 'min-h-8 text-lg leading-8 font-normal text-balance text-soft sm:text-xl xl:text-[1.375rem]';

/** One sentence: how the machine is, the worst thing first. */
export function Headline() {
  const t = useTranslations('headline');
  const locale = useLocale();
  const store = useLiveStore();
  const cpu = useLatest('cpu');
  const memory = useLatest('memory');
  const facts = useLive((live) => live.facts);
  const cpuLost = useLive((live) => live.isLost('cpu'));
  const memoryLost = useLive((live) => live.isLost('memory'));
  const { tone, matter, figure } = judge({
    cpu: store.recent('cpu', weighedMs),
    memory,
    facts,
    lost: [...(cpuLost ? (['cpu'] as const) : []), ...(memoryLost ? (['memory'] as const) : [])],
  });
  const silentSince = useLive((live) => live.silentSince);
  const percent = (value: number | null) => formatQuantity(value, 'percent', locale);

  if (silentSince !== null) {
    const time = new Date(silentSince).toLocaleTimeString(locale, { hour12: false });
    return (
      <p data-tone="silent" className={sentence}>
        {t.rich('silent', { time, hot: (text) => <b className="font-semibold text-warn">{text}</b> })}
      </p>
    );
  }

  const figures = {
    cpu: percent(cpu?.totalPercent ?? null),
    memory: percent(share(memory?.usedBytes, memory?.totalBytes)),
    figure: matter === 'overloaded' ? formatQuantity(figure, 'load', locale) : percent(figure),
  };
  return (
    // A new sentence, not the same one moved: its words must not count as shifted.
    <p key={`${matter} ${Object.values(figures)}`} data-tone={tone} className={sentence}>
      {t.rich(matter, {
        ...figures,
        b: (text: ReactNode) => <b className="font-semibold text-ink">{text}</b>,
        hot: (text: ReactNode) => <b className={`font-semibold ${toneClass[tone]}`}>{text}</b>,
      })}
    </p>
  );
}
