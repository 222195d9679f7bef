import { headers } from 'next/headers';
import { typesOfPanels } from '@/components/dashboard/asked-panels';
import { Dashboard } from '@/components/dashboard/dashboard';
import { DesktopNotifications } from '@/components/notifications/desktop-notifications';
import { AlertsProvider } from '@/lib/client/react/alerts';
import { LiveProvider } from '@/lib/client/react/hooks';
import { isTheme, themeHeader } from '@/lib/i18n/theme';
import { pageAlertsMax } from '@/lib/protocol/initial-state';
import { running } from '@/lib/server/running';

interface DashboardPageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export default async function DashboardPage({ searchParams }: DashboardPageProps) {
  const { panels } = await searchParams;
  const types = typesOfPanels([panels ?? null].flat()[0] ?? null);
  const { alerts, initialState, version } = running();
  const theme = (await headers()).get(themeHeader);
  return (
    <LiveProvider initial={initialState(types)} types={types}>
      <DesktopNotifications />
      <AlertsProvider initial={alerts.active(pageAlertsMax)}>
        <Dashboard version={version} theme={isTheme(theme) ? theme : 'auto'} types={types} />
      </AlertsProvider>
    </LiveProvider>
  );
}
