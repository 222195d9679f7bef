import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { EventLog } from '@/components/events/event-log';
import { filtersOf, searchOf } from '@/components/events/filters';
import { parseLogRequest } from '@/lib/server/http/handlers/log';
import { searchLog } from '@/lib/server/http/handlers/log-search';
import { running } from '@/lib/server/running';

interface EventsPageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('log')]);
  return { title: t('meta', { page: page('title'), host: running().hostName }) };
}

export default async function EventsPage({ searchParams }: EventsPageProps) {
  const t = await getTranslations('log');
  const { log, pause } = running();
  const asked = Object.entries(await searchParams).map(([name, value]) => [name, String(value ?? '')]);
  const filters = filtersOf(new URLSearchParams(asked));
  const request = parseLogRequest(log, searchOf(filters, Date.now()));
  const nothing = { items: [], before: null, head: '' };
  return (
    <>
      <header>
        <h1 className="text-lg font-semibold">{t('title')}</h1>
        <p className="text-[0.8125rem] text-soft">{t('lead')}</p>
      </header>
      <EventLog
        initial={request.ok ? await searchLog(log, request.value, pause) : nothing}
        filters={filters}
        customTypes={[...log.customTypes]}
      />
    </>
  );
}
