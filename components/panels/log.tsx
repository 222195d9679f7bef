'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { LogPage } from '@/lib/protocol/log-event';
import { EventList } from '../events/event-list';
import { noFilters } from '../events/filters';
import { useEventLog } from '../events/use-event-log';
import { EmptyState } from '../ui/empty-state';
import { Panel } from '../ui/panel';

/** The event log alone in a frame, live. */
export function LogPanel({ initial }: { readonly initial: LogPage }) {
  const t = useTranslations('log');
  const log = useEventLog(initial, noFilters);
  const [picked, setPicked] = useState<string | null>(null);
  return (
    <Panel title={t('title')} bare>
      {log.items.length === 0 ? (
        <EmptyState>{t('none')}</EmptyState>
      ) : (
        <div className="embed-log -mx-3 h-full">
          <EventList
            items={log.items}
            picked={picked}
            onPick={setPicked}
            onFoot={() => {
              if (log.hasOlder) log.older();
            }}
            foot={log.hasOlder ? t('older') : t('end')}
          />
        </div>
      )}
    </Panel>
  );
}
