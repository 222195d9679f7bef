'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { LogEvent } from '@/lib/protocol/log-event';
import { EventRow } from './event-row';
import { useEventWords } from './event-words';

export interface EventListProps {
  readonly items: readonly LogEvent[];
  readonly picked: string | null;
  readonly onPick: (id: string | null) => void;
  /** The reader has come to the foot. */
  readonly onFoot: () => void;
  /** What stands at the foot. */
  readonly foot: string;
}

/** A row's height in rem; sizes on a wall screen grow with the root's. */
const rowRem = 2.25;
const overscan = 10;
const nearFootRows = 8;

/**
 * The newest at the top. Only what can be seen is in the page. At the top it follows what comes; scrolled down,
 * what is in view stays put.
 */
export function EventList({ items, picked, onPick, onFoot, foot }: EventListProps) {
  const t = useTranslations('log');
  const say = useEventWords();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600, row: 36 });
  const [unseen, setUnseen] = useState(0);
  const firstId = items[0]?.id;
  const known = useRef(firstId);
  const { top, height, row } = view;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const rootPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setView((old) => ({ ...old, height: element.clientHeight, row: rootPx * rowRem }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // What is in view stays there when something comes above it.
  useLayoutEffect(() => {
    const before = known.current;
    known.current = firstId;
    const element = box.current;
    if (!element || !before || before === firstId) return;
    const added = items.findIndex(({ id }) => id === before);
    if (added <= 0 || element.scrollTop < row / 2) return;
    element.scrollTop += added * row;
    setUnseen((old) => old + added);
  }, [firstId, items, row]);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    setView((old) => ({ ...old, top: element.scrollTop }));
    if (element.scrollTop < row / 2) setUnseen(0);
    if (element.scrollTop + element.clientHeight > (items.length - nearFootRows) * row) onFoot();
  };

  const pick = useCallback((id: string) => onPick(id), [onPick]);
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / row) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    if (event.key === 'Escape') onPick(null);
    const move = moves[event.key];
    if (move === undefined || items.length === 0) return;
    event.preventDefault();
    const at = items.findIndex(({ id }) => id === picked);
    const next = Math.min(items.length - 1, Math.max(0, at < 0 ? 0 : at + move));
    const element = box.current;
    const item = items[next];
    if (!element || !item) return;
    onPick(item.id);
    const y = next * row;
    if (y < element.scrollTop) element.scrollTop = y;
    if (y + row > element.scrollTop + height) element.scrollTop = y + row - height;
  };

  const from = Math.max(0, Math.floor(top / row) - overscan);
  const shown = items.slice(from, Math.ceil((top + height) / row) + overscan);
  const idOf = (id: string) => `event-${id}`;

  return (
    <div className="relative h-full min-h-0">
      <div
        ref={box}
        role="listbox"
        aria-label={t('label')}
        aria-description={t('hint')}
        aria-activedescendant={shown.some(({ id }) => id === picked) ? idOf(picked ?? '') : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        data-testid="events"
        style={{ '--row': `${rowRem}rem` } as React.CSSProperties}
        className="h-full overflow-x-hidden overflow-y-auto -outline-offset-2 [overflow-anchor:none] [scrollbar-width:thin]"
      >
        <div role="presentation" className="relative" style={{ height: items.length * row }}>
          <div role="presentation" className="absolute inset-x-0" style={{ top: from * row }}>
            {shown.map((event) => (
              <EventRow
                key={event.id}
                id={idOf(event.id)}
                event={event}
                said={say(event)}
                isPicked={picked === event.id}
                onPick={pick}
              />
            ))}
          </div>
        </div>
        <p role="presentation" className="px-3 py-3 text-center text-xs text-soft">
          {foot}
        </p>
      </div>
      {unseen > 0 && (
        <button
          type="button"
          onClick={() => box.current?.scrollTo({ top: 0 })}
          className="absolute top-3 left-1/2 h-8 -translate-x-1/2 cursor-pointer rounded-full border border-line bg-raised px-3 text-xs text-ink shadow-lg hover:border-cpu"
        >
          <span aria-hidden="true">↑ </span>
          {t('newest', { count: unseen })}
        </button>
      )}
    </div>
  );
}
