import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { RuleEditor } from '@/components/alerts/pages/rule-editor';
import { EmptyState } from '@/components/ui/empty-state';
import { running } from '@/lib/server/running';

interface RulePageProps {
  readonly params: Promise<{ readonly ruleId: string }>;
}

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('rules')]);
  return { title: t('meta', { page: page('editTitle'), host: running().hostName }) };
}

export default async function RulePage({ params }: RulePageProps) {
  const ruleId = decodeURIComponent((await params).ruleId);
  const { alerts, history, hostName } = running();
  const rule = alerts.rules.find(({ id }) => id === ruleId);
  if (rule) return <RuleEditor rule={rule} metric="" metrics={history.metrics(hostName)} />;
  const t = await getTranslations('rules');
  return <EmptyState>{t('gone')}</EmptyState>;
}
