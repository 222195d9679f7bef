import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { NextIntlClientProvider } from 'next-intl';
import { getMessages, getTranslations } from 'next-intl/server';
import { StreamInspector } from '@/components/stream-inspector/workbench';
import { isTheme, themeHeader } from '@/lib/i18n/theme';
import { running } from '@/lib/server/running';

interface StreamPageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('stream.meta');
  return { title: t('title', { host: running().hostName }), description: t('description') };
}

export default async function StreamPage({ searchParams }: StreamPageProps) {
  const { types } = await searchParams;
  const theme = (await headers()).get(themeHeader);
  const asked = [types ?? []].flat().flatMap((list) => list.split(',').filter(Boolean));
  return (
    <NextIntlClientProvider messages={await getMessages()}>
      <StreamInspector
        host={running().hostName}
        theme={isTheme(theme) ? theme : 'auto'}
        types={[...new Set(asked)]}
      />
    </NextIntlClientProvider>
  );
}
