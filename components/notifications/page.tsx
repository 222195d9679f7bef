'use client';

import { useTranslations } from 'next-intl';
import type { Theme } from '@/lib/i18n/theme';
import { LanguageSwitch } from '../ui/language-switch';
import { Logo } from '../ui/logo';
import { ThemeSwitch } from '../ui/theme-switch';
import { ChannelList } from './channel-list';
import { DeadLetters } from './dead-letters';
import { ThisBrowser } from './this-browser';
import { type Notifications, useNotifications } from './use-notifications';

export interface NotificationsPageProps {
  readonly host: string;
  readonly theme: Theme;
  readonly initial: Notifications;
}

/** Who is told of alerts, and how: this browser, channels, and what could not be delivered. */
export function NotificationsPage({ host, theme, initial }: NotificationsPageProps) {
  const t = useTranslations('notifications');
  const { channels, dead, refresh } = useNotifications(initial);
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="sticky top-0 z-10 border-b border-line bg-page">
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
            <ThemeSwitch initial={theme} />
            <LanguageSwitch />
          </div>
        </div>
      </header>
      <main className="mx-auto flex w-full max-w-5xl flex-1 flex-col gap-6 px-4 pt-5 pb-10 sm:px-5">
        <p className="max-w-prose text-[0.9375rem] text-soft">{t('lead')}</p>
        <ThisBrowser channels={channels} onChanged={refresh} />
        <ChannelList channels={channels} onChanged={refresh} />
        {channels.length + dead.length > 0 && <DeadLetters dead={dead} onChanged={refresh} />}
      </main>
    </div>
  );
}
