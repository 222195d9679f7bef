'use client';

import { useTranslations } from 'next-intl';
import { useCallback, useState } from 'react';
import type { LogPage } from '@/lib/protocol/log-event';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { Problem } from '../ui/problem';
import { EventDetails } from './event-details';
import { EventList } from './event-list';
import { FilterBar } from './filter-bar';
import { addressOf, isFiltered, type LogFilters } from './filters';
import { keptEvents, useEventLog } from './use-event-log';

export interface EventLogProps {
  readonly initial: LogPage;
  readonly filters: LogFilters;
  readonly customTypes: readonly string[];
}

/** What happened, with filters that are kept in the page's address. */
export function EventLog({ initial, filters: asked, customTypes }: EventLogProps) {
  const t = useTranslations('log');
  const [filters, setFilters] = useState(asked);
  const [picked, setPicked] = useState<string | null>(null);
  const log = useEventLog(initial, filters);
  const event = log.items.find(({ id }) => id === picked);
  const types = [...new Set([...customTypes, ...log.items.map(({ type }) => type)])].sort();

  const change = useCallback((next: LogFilters) => {
    setFilters(next);
    setPicked(null);
    const query = addressOf(next);
    window.history.replaceState(null, '', `${window.location.pathname}${query ? `?${query}` : ''}`);
  }, []);
  const onFoot = useCallback(() => {
    if (log.hasOlder) log.older();
  }, [log]);

  const foot = log.isBusy
    ? t('loading')
    : log.isFull
      ? t('full', { count: keptEvents })
      : log.hasOlder
        ? t('older')
        : t('end');
  const isEmpty = log.items.length === 0 && !log.isBusy && !log.hasOlder;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <FilterBar filters={filters} customTypes={types} onChange={change} />
      <Problem>{log.problem !== null && t('failed', { detail: log.problem })}</Problem>
      <div className={`grid min-h-0 flex-1 gap-3 ${event ? 'lg:grid-cols-[minmax(0,1fr)_24rem]' : ''}`}>
        <Card as="div" className="min-h-60 min-w-0 overflow-hidden">
          {isEmpty ? (
            <EmptyState>{t(isFiltered(filters) ? 'noMatch' : 'none')}</EmptyState>
          ) : (
            <EventList items={log.items} picked={picked} onPick={setPicked} onFoot={onFoot} foot={foot} />
          )}
        </Card>
        {event && (
          <Card
            as="div"
            className="min-h-0 min-w-0 overflow-hidden max-lg:fixed max-lg:inset-x-2 max-lg:bottom-2 max-lg:z-20 max-lg:h-[60dvh] max-lg:shadow-2xl"
          >
            <EventDetails event={event} onClose={() => setPicked(null)} />
          </Card>
        )}
      </div>
      <p role="status" className="sr-only">
        {log.isBusy ? '' : t('count', { count: log.items.length })}
      </p>
    </div>
  );
}
