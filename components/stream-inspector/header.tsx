'use client';

import { useTranslations } from 'next-intl';
import type { Theme } from '@/lib/i18n/theme';
import { LanguageSwitch } from '../ui/language-switch';
import { Logo } from '../ui/logo';
import { ThemeSwitch } from '../ui/theme-switch';
import { StateBadge } from './state-badge';

export interface StreamHeaderProps {
  readonly host: string;
  readonly theme: Theme;
}

export function StreamHeader({ host, theme }: StreamHeaderProps) {
  const t = useTranslations('stream.header');
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-page lg:static">
      <div className="mx-auto flex h-14 max-w-[150rem] items-center gap-2 px-4 sm:gap-3 sm:px-5">
        <a href="/" aria-label={t('back')} title={t('back')} className="flex shrink-0 items-center gap-3">
          <Logo />
          <span aria-hidden="true" className="hidden text-base font-semibold tracking-tight sm:inline">
            hostbeat
          </span>
        </a>
        <h1 className="min-w-0 truncate text-[0.8125rem] font-semibold">
          {t('title')}
          <span className="hidden font-normal text-soft sm:inline"> · {host}</span>
        </h1>
        <div className="ml-auto flex shrink-0 items-center gap-2">
          <StateBadge />
          <ThemeSwitch initial={theme} />
          <LanguageSwitch />
        </div>
      </div>
    </header>
  );
}
