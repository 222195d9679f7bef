'use client';

import { useLocale } from 'next-intl';
import { useContext } from 'react';
import type { Series } from '@/lib/charts/series';
import { useLive } from '@/lib/client/react/hooks';
import type { LiveStore } from '@/lib/client/store/store';
import { formatQuantity, type Unit } from '@/lib/i18n/quantity';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { TimeViewContext } from '../time-view';
import { useCrosshair } from './crosshair';
import { Spread } from './range-figures';

export interface LegendProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  readonly unit: Unit;
}

/** The row at a time; `null` stands for now. */
export function rowAt<T extends LoggedType>(store: LiveStore, type: T, agoMs: number | null) {
  return agoMs === null
    ? store.latest(type)
    : store.table(type).at(store.hostNow() - agoMs, store.gapMsOf(type));
}

/** The last row up to a time that carries a series that not every row carries. */
function lastCarrying<T extends LoggedType>(
  store: LiveStore,
  type: T,
  carries: (row: LoggedPayloads[T]) => boolean,
  agoMs: number | null,
): LoggedPayloads[T] | null {
  const until = store.hostNow() - (agoMs ?? 0);
  const past = store.table(type).rows.findLast((row) => row.t <= until && carries(row));
  if (past) return past;
  const latest = agoMs === null ? store.latest(type) : null;
  return latest && carries(latest) ? latest : null;
}

/** So wide is the longest figure of a unit, in em: no entry moves when the one before it changes. */
const widest: Partial<Record<Unit, number>> = { bytesPerSecond: 5.7, celsius: 4.1, memoryBytes: 4.1 };

interface EntryProps<T extends LoggedType> {
  readonly type: T;
  readonly of: Series<T>;
  readonly unit: Unit;
}

function Entry<T extends LoggedType>({ type, of, unit }: EntryProps<T>) {
  const { label, hue, value, carries } = of;
  const past = useContext(TimeViewContext)?.past;
  const locale = useLocale();
  const ago = useCrosshair();
  const row = useLive((store) =>
    carries ? lastCarrying(store, type, carries, ago) : rowAt(store, type, ago),
  );
  return (
    <li
      className={`flex items-baseline gap-1.5 whitespace-nowrap ${past?.isRead ? 'flex-wrap gap-y-0' : ''}`}
    >
      <span aria-hidden="true" className="size-2.5 self-center rounded-[3px]" style={{ background: hue }} />
      {label}
      {past?.isRead ? (
        <Spread past={past} type={type} of={of} say={(figure) => formatQuantity(figure, unit, locale)} />
      ) : (
        <b className="inline-block font-semibold text-ink" style={{ minWidth: `${widest[unit] ?? 3.6}em` }}>
          {formatQuantity(row ? value(row) : null, unit, locale)}
        </b>
      )}
    </li>
  );
}

/**
 * The legend is the read-out: each value beside its name, now or at the selected time; of another time
 * its mean, lowest and highest.
 */
export function Legend<T extends LoggedType>({ type, series, unit }: LegendProps<T>) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs leading-5 text-soft">
      {series.map((one) => (
        <Entry key={one.key} type={type} of={one} unit={unit} />
      ))}
    </ul>
  );
}
