import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { LostNotice } from '@/components/alerts/pages/lost-notice';
import { RuleList } from '@/components/alerts/pages/rule-list';
import { running } from '@/lib/server/running';

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('rules')]);
  return { title: t('meta', { page: page('title'), host: running().hostName }) };
}

export default function RulesPage() {
  const { rules, defects } = running().alerts;
  return (
    <>
      {defects.length > 0 && <LostNotice />}
      <RuleList rules={rules} />
    </>
  );
}
