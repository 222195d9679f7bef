'use client';

import { useTranslations } from 'next-intl';
import { SeverityIcon } from './severity';

/** Where no alert is on. */
export function AllWell({ large = false }: { readonly large?: boolean }) {
  const t = useTranslations('alerts');
  return (
    <div
      className={`grid h-full content-center justify-items-center gap-1 text-center text-balance ${large ? 'py-8' : 'py-3'}`}
    >
      <SeverityIcon tone="resolved" className={large ? 'mb-1 size-9' : 'size-6'} />
      <p className={`font-semibold ${large ? 'text-base' : 'text-[0.8125rem]'}`}>{t('well')}</p>
      <p className="max-w-md text-xs leading-5 text-soft">{t('wellPlain')}</p>
    </div>
  );
}
