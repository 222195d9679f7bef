import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages, getTranslations } from 'next-intl/server';
import { DesktopNotifications } from '@/components/notifications/desktop-notifications';
import { NotificationsPage } from '@/components/notifications/page';
import { isTheme, themeHeader } from '@/lib/i18n/theme';
import { LiveProvider } from '@/lib/live/hooks';
import { running } from '@/lib/running';

const heard = ['system-alert'] as const;

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('notifications.meta');
  return { title: t('title', { host: running().hostName }), description: t('description') };
}

export default async function Page() {
  const { notify, hostName, initialState } = running();
  const theme = (await headers()).get(themeHeader);
  return (
    <NextIntlClientProvider messages={await getMessages()}>
      <LiveProvider initial={initialState()} types={heard}>
        <DesktopNotifications />
        <NotificationsPage
          host={hostName}
          theme={isTheme(theme) ? theme : 'auto'}
          initial={{ channels: notify.channels(), dead: notify.dead() }}
        />
      </LiveProvider>
    </NextIntlClientProvider>
  );
}
