import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LostNotice } from '@/components/alerts/pages/lost-notice';
import { SilenceList } from '@/components/alerts/pages/silence-list';
import { silenceTimes } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('silences')]);
  return { title: t('meta', { page: page('title'), host: running().hostName }) };
}

export default function SilencesPage() {
  const { alerts } = running();
  return (
    <>
      {alerts.defects.length > 0 && <LostNotice />}
      <SilenceList silences={silenceTimes({ alerts })} rules={alerts.rules} />
    </>
  );
}
