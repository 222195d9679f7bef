import { useMemo } from 'react';
import { createExtent, type Extent } from '@/lib/charts/extent';
import type { Form, PathGroup } from '@/lib/charts/path-groups';
import { axisAround, axisTop } from '@/lib/charts/value-axis';
import { useLive } from '@/lib/client/react/hooks';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import type { Past } from '../time-view';

export interface ValueAxisOptions<T extends LoggedType> {
  readonly type: T;
  readonly groups: readonly PathGroup<LoggedPayloads[T]>[];
  readonly form: Form;
  /** As of a `TimeSeries`, like the two that follow. */
  readonly max: number | 'auto' | 'around';
  readonly topMin: number | undefined;
  readonly valueMax: number | undefined;
  readonly past: Past | null;
  readonly timeline: Timeline<LoggedPayloads[T]> | undefined;
}

/** Where the value axis begins and ends. */
export function useValueAxis<T extends LoggedType>(options: ValueAxisOptions<T>) {
  const { type, groups, form, max, topMin, valueMax, past, timeline } = options;
  const extent = useMemo(() => createExtent(groups), [groups]);
  // A row of history is a mean: the axis must hold its minimum and maximum too.
  const reach = useMemo<Extent | null>(() => {
    if (!past) return null;
    const highs = createExtent(groups)(past.highs(type));
    return { low: Math.min(highs.low, createExtent(groups)(past.lows(type)).low), high: highs.high };
  }, [past, groups, type]);
  const read = (live: DisplayStore) => reach ?? extent(timeline ?? live.table(type));
  const top = useLive((live) => {
    if (typeof max === 'number') return max;
    return max === 'auto' ? axisTop(read(live), topMin, valueMax) : axisAround(read(live), valueMax)[1];
  });
  const around = useLive((live) => (max === 'around' ? axisAround(read(live), valueMax)[0] : 0));
  return { bottom: form === 'mirror' ? -top : around, top };
}
