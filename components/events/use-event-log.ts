'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { request } from '@/lib/client/http';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import type { DurableEventType } from '@/lib/protocol/event-types';
import type { LogEvent, LogPage } from '@/lib/protocol/log-event';
import { type LogFilters, searchOf } from './filters';

export interface EventLogState {
  readonly items: readonly LogEvent[];
  /** Whether there are older events to fetch. */
  readonly hasOlder: boolean;
  /** Whether the list has reached `keptEvents`. */
  readonly isFull: boolean;
  readonly isBusy: boolean;
  /** Why the last request failed; `null` when it did not. */
  readonly problem: string | null;
  older(): void;
}

/** The most events in the list. */
export const keptEvents = 2_000;
const feedTypes: readonly DurableEventType[] = ['system-alert', 'user-login', 'user-logout', 'message'];
/** The feed of a page does not send custom types, so the list is fetched anew this often. */
const refreshEveryMs = 5_000;
/** A page may hold no match where matches are rare: a search reads up to this many pages until it has one. */
const searchPagesMax = 20;

const merged = (newer: readonly LogEvent[], older: readonly LogEvent[]) => {
  const known = new Set(newer.map(({ id }) => id));
  return [...newer, ...older.filter(({ id }) => !known.has(id))].slice(0, keptEvents);
};

/** The events that match, newest first: those in the log, and new ones as they are appended. */
export function useEventLog(initial: LogPage, filters: LogFilters): EventLogState {
  const store = useLiveStore();
  const [page, setPage] = useState(initial);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const asked = useRef(filters);
  const head = useRef(initial.head);
  const isLooking = useRef(false);
  const revision = useLive((live) => feedTypes.reduce((sum, type) => sum + live.table(type).revision, 0));

  const fetchPage = useCallback(
    async (of: LogFilters, extra: Readonly<Record<string, string>>) => {
      const query = searchOf(of, store.hostNow());
      for (const [name, value] of Object.entries(extra)) query.set(name, value);
      const answer = await request<LogPage>(`/api/events/log?${query}`);
      setProblem(answer.ok ? null : answer.detail);
      return answer.ok ? answer.value : null;
    },
    [store],
  );

  /** Reads back from a position until a page has a match. */
  const search = useCallback(
    async (of: LogFilters, from: string | null) => {
      setIsBusy(true);
      let before = from;
      for (let round = 0; round < searchPagesMax && asked.current === of; round += 1) {
        const found = await fetchPage(of, before === null ? {} : { before });
        if (!found || asked.current !== of) break;
        const isFirst = before === null;
        if (isFirst) head.current = found.head;
        before = found.before;
        setPage((old) => ({
          ...found,
          items: isFirst ? found.items : merged(old.items, found.items),
        }));
        if (found.items.length > 0 || before === null) break;
      }
      if (asked.current === of) setIsBusy(false);
    },
    [fetchPage],
  );

  useEffect(() => {
    if (asked.current === filters) return;
    asked.current = filters;
    void search(filters, null);
  }, [filters, search]);

  const refresh = useCallback(async () => {
    if (isLooking.current || document.visibilityState === 'hidden') return;
    isLooking.current = true;
    const of = asked.current;
    const found = await fetchPage(of, { after: head.current, limit: '500' });
    isLooking.current = false;
    if (!found || asked.current !== of) return;
    head.current = found.head;
    // More than one page is new: the events between are fetched as older ones.
    if (found.before !== null) setPage(found);
    else if (found.items.length > 0) setPage((old) => ({ ...old, items: merged(found.items, old.items) }));
  }, [fetchPage]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new event is a reason to refresh.
  useEffect(() => void refresh(), [revision, refresh]);
  useEffect(() => {
    const timer = setInterval(refresh, refreshEveryMs);
    return () => clearInterval(timer);
  }, [refresh]);

  const isFull = page.items.length >= keptEvents;
  return {
    items: page.items,
    hasOlder: page.before !== null && !isFull,
    isFull,
    isBusy,
    problem,
    older() {
      if (!isBusy && page.before !== null) void search(asked.current, page.before);
    },
  };
}
