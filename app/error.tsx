'use client';

import { useTranslations } from 'next-intl';

export default function Failure({ reset }: { readonly error: Error; readonly reset: () => void }) {
  const t = useTranslations('failure');
  return (
    <main className="mx-auto grid min-h-dvh max-w-lg content-center gap-3 px-5">
      <h1 className="text-2xl font-semibold">{t('title')}</h1>
      <p className="text-soft">{t('text')}</p>
      <button
        type="button"
        onClick={reset}
        className="h-10 cursor-pointer rounded-lg border border-line px-4"
      >
        {t('again')}
      </button>
    </main>
  );
}
