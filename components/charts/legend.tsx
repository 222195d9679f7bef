'use client';

import { useLocale } from 'next-intl';
import type { LoggedType } from '@/lib/events/event-types';
import { formatQuantity, type Unit } from '@/lib/i18n/quantity';
import { useLive } from '@/lib/live/hooks';
import type { LiveStore } from '@/lib/live/store';
import { useCrosshair } from './crosshair';
import type { Series } from './series';

export interface LegendProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  readonly unit: Unit;
}

/** The row at a moment; `null` stands for now. */
export function rowAt<T extends LoggedType>(store: LiveStore, type: T, agoMs: number | null) {
  return agoMs === null ? store.latest(type) : store.table(type).at(store.hostNow() - agoMs, store.holeMs);
}

/** The legend is the read-out: each value beside its name, now or at the moment that is pointed at. */
export function Legend<T extends LoggedType>({ type, series, unit }: LegendProps<T>) {
  const locale = useLocale();
  const ago = useCrosshair();
  const row = useLive((store) => rowAt(store, type, ago));
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs leading-5 text-soft">
      {series.map(({ key, label, hue, value }) => (
        <li key={key} className="flex items-baseline gap-1.5 whitespace-nowrap">
          <span
            aria-hidden="true"
            className="size-2.5 self-center rounded-[3px]"
            style={{ background: hue }}
          />
          {label}
          <b className="inline-block min-w-[3.6em] font-semibold text-ink">
            {formatQuantity(row ? value(row) : null, unit, locale)}
          </b>
        </li>
      ))}
    </ul>
  );
}
