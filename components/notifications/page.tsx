'use client';

import { useTranslations } from 'next-intl';
import { ChannelList } from './channel-list';
import { DeadLetters } from './dead-letters';
import { ThisBrowser } from './this-browser';
import { type Notifications, useNotifications } from './use-notifications';

/** Who is told of alerts, and how: this browser, channels, and what could not be delivered. */
export function NotificationsPage({ initial }: { readonly initial: Notifications }) {
  const t = useTranslations('notifications');
  const { channels, dead, refresh } = useNotifications(initial);
  return (
    <div className="flex max-w-5xl flex-col gap-6">
      <div>
        <h1 className="text-lg font-semibold">{t('title')}</h1>
        <p className="mt-1 max-w-prose text-[0.8125rem] text-soft">{t('lead')}</p>
      </div>
      <ThisBrowser channels={channels} onChanged={refresh} />
      <ChannelList channels={channels} onChanged={refresh} />
      {channels.length + dead.length > 0 && <DeadLetters dead={dead} onChanged={refresh} />}
    </div>
  );
}
