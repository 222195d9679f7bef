import { notFound } from 'next/navigation';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages } from 'next-intl/server';
import { EmbeddedPanel } from '@/components/dashboard/embedded-panel';
import { embeddedPanel } from '@/components/panels/embeddable';
import { AlertsProvider } from '@/lib/client/react/alerts';
import { LiveProvider } from '@/lib/client/react/hooks';
import { pageAlertsMax } from '@/lib/protocol/initial-state';
import { parseLogRequest } from '@/lib/server/http/handlers/log';
import { searchLog } from '@/lib/server/http/handlers/log-search';
import { running } from '@/lib/server/running';

interface EmbedProps {
  readonly params: Promise<{ panel: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export default async function EmbedPage({ params, searchParams }: EmbedProps) {
  const embedded = embeddedPanel((await params).panel);
  if (!embedded) notFound();
  const { background, range, from, to } = await searchParams;
  const { alerts, initialState } = running();
  const panel = (
    <EmbeddedPanel
      {...embedded}
      hasTime={[range, from, to].some((asked) => asked !== undefined)}
      transparent={background === 'transparent'}
      log={embedded.name === 'log' ? await newestEvents() : undefined}
    />
  );
  return (
    <LiveProvider initial={initialState(embedded.types)} types={embedded.types}>
      {embedded.name === 'alerts' && (
        <AlertsProvider initial={alerts.active(pageAlertsMax)}>{panel}</AlertsProvider>
      )}
      {embedded.name === 'log' && (
        <NextIntlClientProvider messages={await getMessages()}>{panel}</NextIntlClientProvider>
      )}
      {embedded.name !== 'alerts' && embedded.name !== 'log' && panel}
    </LiveProvider>
  );
}

async function newestEvents() {
  const { log, pause } = running();
  const asked = parseLogRequest(log, new URLSearchParams());
  return asked.ok ? searchLog(log, asked.value, pause) : undefined;
}
