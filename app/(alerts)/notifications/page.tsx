import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { NotificationsPage } from '@/components/notifications/page';
import { running } from '@/lib/server/running';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('notifications.meta');
  return { title: t('title', { host: running().hostName }), description: t('description') };
}

export default function Page() {
  const { notify } = running();
  return <NotificationsPage initial={{ channels: notify.channels(), dead: notify.dead() }} />;
}
