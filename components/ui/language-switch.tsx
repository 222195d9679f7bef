'use client';

import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { localeCookie } from '@/lib/i18n/locales';
import { remember } from './remember';

/** English or Chinese; the choice is kept. */
export function LanguageSwitch() {
  const t = useTranslations('language');
  const router = useRouter();
  const other = useLocale() === 'en' ? 'zh' : 'en';
  const change = () => {
    remember(localeCookie, other);
    router.refresh();
  };
  return (
    <button
      type="button"
      onClick={change}
      lang={other}
      aria-label={t('label')}
      title={t('label')}
      className="h-9 min-w-9 cursor-pointer rounded-lg border border-line px-2.5 text-[0.8125rem] text-soft hover:bg-raised hover:text-ink"
    >
      {t('switch')}
    </button>
  );
}
