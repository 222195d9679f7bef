import './globals.css';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale, getMessages, getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { isTheme, themeHeader } from '@/lib/i18n/theme';
import { running } from '@/lib/server/running';

// Every page shows this machine as it is now, under a policy with a fresh nonce.
export const dynamic = 'force-dynamic';

export const viewport: Viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('meta');
  return {
    title: t('title', { host: running().hostName }),
    description: t('description'),
    icons: { icon: '/icon.svg' },
  };
}

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const theme = (await headers()).get(themeHeader);
  // Long, and shown on pages of their own alone, which bring them.
  const {
    stream: _stream,
    notifications: _notifications,
    alertPages: _pages,
    rules: _rules,
    silences: _silences,
    log: _log,
    ...messages
  } = await getMessages();
  return (
    <html lang={await getLocale()} data-theme={isTheme(theme) ? theme : 'auto'}>
      <body className="font-sans">
        <NextIntlClientProvider messages={messages}>{children}</NextIntlClientProvider>
      </body>
    </html>
  );
}
