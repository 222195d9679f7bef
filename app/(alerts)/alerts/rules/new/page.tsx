import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { RuleEditor } from '@/components/alerts/pages/rule-editor';
import { running } from '@/lib/server/running';

interface NewRulePageProps {
  readonly searchParams: Promise<{ readonly metric?: string | string[] }>;
}

export async function generateMetadata(): Promise<Metadata> {
  const [t, page] = await Promise.all([getTranslations('alertPages'), getTranslations('rules')]);
  return { title: t('meta', { page: page('new'), host: running().hostName }) };
}

export default async function NewRulePage({ searchParams }: NewRulePageProps) {
  const { metric } = await searchParams;
  const { history, hostName } = running();
  return (
    <RuleEditor
      rule={null}
      metric={typeof metric === 'string' ? metric : ''}
      metrics={history.metrics(hostName)}
    />
  );
}
