import { headers } from 'next/headers';
import { Dashboard } from '@/components/dashboard/dashboard';
import { DesktopNotifications } from '@/components/notifications/desktop-notifications';
import { loggedTypes } from '@/lib/events/event-types';
import { isTheme, themeHeader } from '@/lib/i18n/theme';
import { AlertsProvider } from '@/lib/live/alerts';
import { LiveProvider } from '@/lib/live/hooks';
import { running } from '@/lib/running';

export default async function DashboardPage() {
  const { alerts, initialState, version } = running();
  const theme = (await headers()).get(themeHeader);
  return (
    <LiveProvider initial={initialState()} types={loggedTypes}>
      <DesktopNotifications />
      <AlertsProvider initial={alerts.list(['pending', 'firing'])}>
        <Dashboard version={version} theme={isTheme(theme) ? theme : 'auto'} />
      </AlertsProvider>
    </LiveProvider>
  );
}
