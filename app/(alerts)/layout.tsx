import { headers } from 'next/headers';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import type { ReactNode } from 'react';
import { PageFrame } from '@/components/alerts/page-frame';
import { DesktopNotifications } from '@/components/notifications/desktop-notifications';
import { AlertsProvider } from '@/lib/client/react/alerts';
import { LiveProvider } from '@/lib/client/react/hooks';
import { isTheme, themeHeader } from '@/lib/i18n/theme';
import { pageAlertsMax } from '@/lib/protocol/initial-state';
import { running } from '@/lib/server/running';

/** Of these pages: sensors for their units, the rest for alerts and the event log. */
const types = ['sensor-data', 'system-alert', 'user-login', 'user-logout', 'message'] as const;

export default async function AlertsLayout({ children }: { readonly children: ReactNode }) {
  const { alerts, initialState } = running();
  const theme = (await headers()).get(themeHeader);
  const { stream: _, ...messages } = await getMessages();
  return (
    <NextIntlClientProvider messages={messages}>
      <LiveProvider initial={initialState(types)} types={types}>
        <AlertsProvider initial={alerts.active(pageAlertsMax)}>
          <DesktopNotifications />
          <PageFrame theme={isTheme(theme) ? theme : 'auto'}>{children}</PageFrame>
        </AlertsProvider>
      </LiveProvider>
    </NextIntlClientProvider>
  );
}
