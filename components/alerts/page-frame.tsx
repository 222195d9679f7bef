'use client';

import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import type { Theme } from '@/lib/i18n/theme';
import { ConnectionBadge } from '../ui/connection-badge';
import { LanguageSwitch } from '../ui/language-switch';
import { Logo } from '../ui/logo';
import { ThemeSwitch } from '../ui/theme-switch';
import { Bell } from './bell';
import { places } from './places';
import { Toaster } from './toaster';

export interface PageFrameProps {
  readonly theme: Theme;
  readonly children: ReactNode;
}

/** The place with the longest address that is a prefix of the page's. */
function placeAt(path: string): string {
  const within = places.filter(({ href }) => path === href || path.startsWith(`${href}/`));
  return within.reduce((longest, { href }) => (href.length > longest.length ? href : longest), '');
}

/** The header and navigation of all pages about alerts and events. */
export function PageFrame({ theme, children }: PageFrameProps) {
  const t = useTranslations('alerts.nav');
  const host = useLive(({ facts }) => facts.host);
  const path = usePathname();
  const here = placeAt(path);
  // A scrolling list takes the remaining height of the window.
  const isList = here === '/events';
  return (
    <div className={`flex min-h-dvh flex-col ${isList ? 'h-dvh' : ''}`}>
      <header className="sticky top-0 z-10 border-b border-line bg-page">
        <div className="mx-auto flex h-14 max-w-[90rem] items-center gap-2 px-4 sm:gap-3 sm:px-5">
          <a href="/" aria-label={t('back')} title={t('back')} className="flex shrink-0 items-center gap-3">
            <Logo />
            <span aria-hidden="true" className="hidden text-base font-semibold tracking-tight sm:inline">
              hostbeat
            </span>
          </a>
          <p className="min-w-0 truncate text-[0.8125rem] font-semibold">{host}</p>
          <div className="ml-auto flex shrink-0 items-center gap-2">
            <Bell />
            <ConnectionBadge />
            <ThemeSwitch initial={theme} />
            <LanguageSwitch />
          </div>
        </div>
        <nav
          aria-label={t('label')}
          className="mx-auto flex max-w-[90rem] gap-1 overflow-x-auto px-2 [scrollbar-width:none] sm:px-3"
        >
          {places.map(({ key, href }) => (
            <a
              key={key}
              href={href}
              aria-current={href === here ? 'page' : undefined}
              className="shrink-0 border-b-2 border-transparent px-2 pt-1 pb-2 text-[0.8125rem] text-soft -outline-offset-2 hover:text-ink aria-[current=page]:border-cpu aria-[current=page]:font-semibold aria-[current=page]:text-ink"
            >
              {t(key)}
            </a>
          ))}
        </nav>
      </header>
      <main
        className={`mx-auto flex w-full max-w-[90rem] flex-1 flex-col gap-4 px-4 pt-4 pb-6 sm:px-5 ${isList ? 'min-h-0' : 'in-[:has(.toast)]:pb-48'}`}
      >
        {children}
      </main>
      <Toaster />
    </div>
  );
}
