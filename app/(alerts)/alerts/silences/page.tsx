import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LostNotice } from '@/components/alerts/pages/lost-notice';
import { SilenceList } from '@/components/alerts/pages/silence-list';
import { activeUntil, nextStart } from '@/lib/server/alerting/silences';
import { running } from '@/lib/server/running';

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('silences')]);
  return { title: t('meta', { page: page('title'), host: running().hostName }) };
}

export default function SilencesPage() {
  const { alerts } = running();
  const now = Date.now();
  const silences = alerts.silences.map((silence) => ({
    silence,
    until: activeUntil(silence, now),
    next: nextStart(silence, now),
  }));
  return (
    <>
      {alerts.defects.length > 0 && <LostNotice />}
      <SilenceList silences={silences} rules={alerts.rules} />
    </>
  );
}
