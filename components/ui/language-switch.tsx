'use client';

import { useLocale, useTranslations } from 'next-intl';
import { localeCookie } from '@/lib/i18n/locales';
import { remember } from './remember';
import { useRefresh } from './use-refresh';

/** English or Chinese; the choice is kept. */
export function LanguageSwitch() {
  const t = useTranslations('language');
  const refresh = useRefresh();
  const other = useLocale() === 'en' ? 'zh' : 'en';
  const change = () => {
    remember(localeCookie, other);
    refresh();
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
