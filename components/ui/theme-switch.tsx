'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { type Theme, themeCookie, themes } from '@/lib/i18n/theme';
import { IconButton } from './button';
import { remember } from './choice-cookie';

const icons: Readonly<Record<Theme, string>> = {
  auto: 'M12 3a9 9 0 1 0 0 18V3Z',
  light: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
};

/** Goes round: as the system, light, dark. */
export function ThemeSwitch({ initial }: { readonly initial: Theme }) {
  const t = useTranslations('theme');
  const [theme, setTheme] = useState(initial);
  const change = () => {
    const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
    document.documentElement.dataset.theme = next;
    remember(themeCookie, next);
    setTheme(next);
  };
  const label = t('label', { theme: t(theme) });
  return (
    <IconButton label={label} onClick={change}>
      <svg aria-hidden="true" viewBox="0 0 24 24" className="size-4" fill="currentColor">
        {theme !== 'dark' && (
          <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" strokeWidth="1.8" />
        )}
        <path d={icons[theme]} />
      </svg>
    </IconButton>
  );
}
