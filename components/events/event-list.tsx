'use client';

import { useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import type { LogEvent } from '@/lib/protocol/log-event';
import { VirtualList } from '../ui/virtual-list';
import { EventRow } from './event-row';
import { useEventText } from './event-text';

export interface EventListProps {
  readonly items: readonly LogEvent[];
  readonly picked: string | null;
  readonly onPick: (id: string | null) => void;
  /** The reader has come to the foot. */
  readonly onFoot: () => void;
  /** What stands at the foot. */
  readonly foot: string;
}

const idOf = (id: string) => `event-${id}`;

/** The newest at the top. */
export function EventList({ items, picked, onPick, onFoot, foot }: EventListProps) {
  const t = useTranslations('log');
  const say = useEventText();
  const places = useMemo(() => new Map(items.map(({ id }, index) => [id, index])), [items]);
  const keyAt = useCallback((index: number) => items[index]?.id, [items]);
  return (
    <VirtualList
      label={t('label')}
      hint={t('hint')}
      testId="events"
      count={items.length}
      rowRem={2.25}
      keyAt={keyAt}
      indexOf={(id) => places.get(id) ?? 0}
      idOf={idOf}
      newestAt="top"
      selected={picked}
      onSelect={onPick}
      escape="deselect"
      followText={(unseen) => (unseen > 0 ? t('newest', { count: unseen }) : null)}
      onNearOldest={onFoot}
      footer={
        <p role="presentation" className="px-3 py-3 text-center text-xs text-soft">
          {foot}
        </p>
      }
    >
      {(index, select) => {
        const event = items[index];
        return (
          event && (
            <EventRow
              key={event.id}
              id={idOf(event.id)}
              event={event}
              text={say(event)}
              isPicked={picked === event.id}
              onPick={select}
            />
          )
        );
      }}
    </VirtualList>
  );
}
