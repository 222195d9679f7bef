import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AlertDetails } from '@/components/alerts/pages/alert-details';
import { EmptyState } from '@/components/ui/empty-state';
import { TextLink } from '@/components/ui/text-link';
import { alertStory } from '@/lib/server/http/handlers/alert-details';
import { running } from '@/lib/server/running';

interface AlertPageProps {
  readonly params: Promise<{ readonly alertId: string }>;
}

export async function generateMetadata({ params }: AlertPageProps): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('alerts')]);
  const alert = running().alerts.alert(decodeURIComponent((await params).alertId));
  return { title: t('meta', { page: alert?.name ?? page('title'), host: running().hostName }) };
}

export default async function AlertPage({ params }: AlertPageProps) {
  const alertId = decodeURIComponent((await params).alertId);
  const story = await alertStory(running(), alertId);
  if (story) return <AlertDetails {...story} />;
  const t = await getTranslations('alertPages');
  return (
    <EmptyState
      hint={
        <TextLink href={`/events?text=${encodeURIComponent(alertId)}`} className="text-cpu">
          {t('lookInLog')}
        </TextLink>
      }
    >
      <b className="block text-base font-semibold text-ink">{t('gone')}</b>
      {t('goneHint')}
    </EmptyState>
  );
}
