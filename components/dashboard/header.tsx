'use client';

import { useTranslations } from 'next-intl';
import { useLive } from '@/lib/client/react/hooks';
import type { Theme } from '@/lib/i18n/theme';
import { Bell } from '../alerts/bell';
import { ConnectionBadge } from '../ui/connection-badge';
import { LanguageSwitch } from '../ui/language-switch';
import { Logo } from '../ui/logo';
import { PauseButton } from '../ui/pause-button';
import { ThemeSwitch } from '../ui/theme-switch';

const minute = 60_000;

/** `up 12 d 4 h`: two units are enough to know. */
function useUptime(): string | null {
  const t = useTranslations();
  const minutes = useLive(({ facts, hostNow }) =>
    facts.bootTime === null ? null : Math.floor((hostNow() - facts.bootTime) / minute),
  );
  if (minutes === null) return null;
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const duration =
    days > 0
      ? t('duration.days', { days, hours: hours % 24 })
      : hours > 0
        ? t('duration.hours', { hours, minutes: minutes % 60 })
        : t('duration.minutes', { minutes });
  return t('header.uptime', { duration });
}

export function Header({ theme }: { readonly theme: Theme }) {
  const t = useTranslations('header');
  const facts = useLive((store) => store.facts);
  const uptime = useUptime();
  const about = [facts.os, facts.cores === null ? null : t('cores', { count: facts.cores }), uptime];

  return (
    <header className="sticky top-0 z-10 border-b border-line bg-page">
      <div className="mx-auto flex h-14 max-w-[150rem] items-center gap-2 px-3 sm:gap-3 sm:px-5">
        <Logo />
        <h1 className="sr-only text-base font-semibold tracking-tight sm:not-sr-only">hostbeat</h1>
        <p className="min-w-0 truncate text-[0.8125rem] text-soft">
          <b className="font-semibold text-ink">{facts.host}</b>
          <span className="hidden sm:inline">{about.map((fact) => fact && ` · ${fact}`)}</span>
        </p>
        <div className="ml-auto flex shrink-0 items-center gap-1 sm:gap-2">
          <Bell />
          <ConnectionBadge />
          <PauseButton />
          {/* On a phone it is at the page's end: the host's name needs the room. */}
          <span className="hidden sm:block">
            <ThemeSwitch initial={theme} />
          </span>
          <LanguageSwitch />
        </div>
      </div>
    </header>
  );
}
