import { useTranslations } from 'next-intl';
import type { Theme } from '@/lib/i18n/theme';
import { isSampleType, type LoggedType } from '@/lib/protocol/event-types';
import { Toaster } from '../alerts/toaster';
import { FrameContext } from '../charts/frame';
import { RechartsFrame } from '../charts/recharts-frame';
import { TimeFrame } from '../time-range/time-frame';
import { TextLink } from '../ui/text-link';
import { ThemeSwitch } from '../ui/theme-switch';
import { Header } from './header';
import { Headline } from './headline';
import { Panels, TilesUnlessChosen } from './panels';

export interface DashboardProps {
  readonly version: string;
  readonly theme: Theme;
  /** What the page is given. */
  readonly types: readonly LoggedType[];
}

/** Which panels, where: what people look for first at the top. */
export function Dashboard({ version, theme, types }: DashboardProps) {
  const t = useTranslations('footer');
  return (
    <div className="flex min-h-dvh flex-col">
      <Header theme={theme} />
      <main className="mx-auto flex w-full max-w-[150rem] flex-1 flex-col gap-3 px-4 pt-4 pb-6 sm:px-5">
        <TimeFrame types={types.filter(isSampleType)} headline={<Headline />}>
          <TilesUnlessChosen />
          <FrameContext value={RechartsFrame}>
            <Panels />
          </FrameContext>
        </TimeFrame>
      </main>
      <Toaster />
      <footer className="mx-auto flex w-full max-w-[150rem] flex-wrap items-center gap-x-5 gap-y-1 px-4 pb-6 text-xs text-soft sm:px-5">
        <span>{t('version', { version })}</span>
        <TextLink className="hover:text-ink" href="/api/events">
          {t('feed')}
        </TextLink>
        <TextLink className="hover:text-ink" href="/events">
          {t('events')}
        </TextLink>
        <TextLink className="hover:text-ink" href="/stream">
          {t('stream')}
        </TextLink>
        <TextLink className="hover:text-ink" href="/notifications">
          {t('notifications')}
        </TextLink>
        <TextLink className="hover:text-ink" href="/api/health">
          {t('health')}
        </TextLink>
        <span className="ml-auto sm:hidden">
          <ThemeSwitch initial={theme} />
        </span>
      </footer>
    </div>
  );
}
