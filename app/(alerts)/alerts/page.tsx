import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AlertList } from '@/components/alerts/pages/alert-list';
import { running } from '@/lib/server/running';

/** So many that have ended come with the page; the rest is asked for. */
const pastShown = 50;

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('alerts')]);
  return { title: t('meta', { page: page('title'), host: running().hostName }) };
}

export default async function AlertsPage() {
  const t = await getTranslations('alerts');
  const past = running().alerts.list(['resolved']);
  // Their processes are on their own pages.
  const shown = past.slice(0, pastShown).map((alert) => ({ ...alert, culprits: [] }));
  return (
    <>
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      <AlertList past={shown} hasMore={past.length > pastShown} />
    </>
  );
}
