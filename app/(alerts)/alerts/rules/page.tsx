import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { RuleList } from '@/components/alert-pages/rule-list';
import { running } from '@/lib/running';

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('rules')]);
  return { title: t('meta', { page: page('title'), host: running().hostName }) };
}

export default function RulesPage() {
  return <RuleList rules={running().alerts.rules} />;
}
