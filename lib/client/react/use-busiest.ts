'use client';

import { useMemo, useState } from 'react';
import { meanScores } from '@/lib/health/stable-order';
import type { LoggedPayloads, SampleType } from '@/lib/protocol/event-types';
import type { LiveStore } from '../store/store';
import { useLive, useLiveStore } from './hooks';
import { useStableOrder } from './use-stable-order';

/** Seconds over which the busiest are found, so that a short burst moves no row. */
const weighedMs = 60_000;

export interface Busiest {
  /** The names of all items, the busiest first. */
  readonly order: readonly string[];
  /** The one whose chart is shown: the one that the reader chose, else the busiest. */
  readonly chosen: string | null;
  choose(name: string): void;
}

/** The samples that count: the last minute, or the last sample of a host that is silent. */
function recentOr<T extends SampleType>(store: LiveStore, type: T, last: LoggedPayloads[T]) {
  const rows = store.recent(type, weighedMs);
  return rows.length > 0 ? rows : [last];
}

/** The items of a collector by how busy they are. `itemsOf`, and `value` within it, must not change between renders. */
export function useBusiest<T extends SampleType, Item extends { readonly name: string }>(
  type: T,
  itemsOf: (row: LoggedPayloads[T]) => readonly Item[],
  value: (item: Item) => number | null,
): Busiest {
  const store = useLiveStore();
  const latest = useLive((live) => live.last(type));
  const [chosen, setChosen] = useState<string | null>(null);
  const scores = useMemo(() => {
    if (!latest) return new Map<string, number>();
    const means = meanScores(recentOr(store, type, latest), itemsOf, ({ name }) => name, value);
    const present = new Set(itemsOf(latest).map(({ name }) => name));
    return new Map([...means].filter(([name]) => present.has(name)));
  }, [latest, store, type, itemsOf, value]);
  const order = useStableOrder(scores);
  const isThere = chosen !== null && scores.has(chosen);
  return { order, chosen: isThere ? chosen : (order[0] ?? null), choose: setChosen };
}
