'use client';

import { useLocale, useTranslations } from 'next-intl';
import { localeCookie } from '@/lib/i18n/locales';
import { IconButton } from './button';
import { remember } from './choice-cookie';
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
    <IconButton label={t('label')} lang={other} onClick={change}>
      {t('switch')}
    </IconButton>
  );
}
