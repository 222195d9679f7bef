'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';
import { formatQuantity } from '@/lib/i18n/quantity';
import { useLatest, useLive } from '@/lib/live/hooks';
import { share } from '@/lib/live/verdict';
import { Sparkline } from '../charts/sparkline';
import { Figure } from '../ui/figure';

interface TileProps<T extends LoggedType> {
  readonly label: string;
  readonly figure: string;
  /** What the figure is of, or where. */
  readonly aside?: ReactNode;
  readonly type: T;
  readonly value: (row: LoggedPayloads[T]) => number | null;
  readonly hue: string;
  readonly max: number | 'auto';
}

function Tile<T extends LoggedType>({ label, figure, aside, type, value, hue, max }: TileProps<T>) {
  return (
    <li className="flex min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-panel">
      <div className="px-4 pt-3">
        <div className="flex items-baseline justify-between gap-2 text-xs whitespace-nowrap text-soft">
          <h2>{label}</h2>
          <span className="truncate">{aside}</span>
        </div>
        {/* One text: a unit of its own would move with each digit. */}
        <p className="mt-0.5 text-2xl leading-9 font-semibold tracking-tight whitespace-nowrap">{figure}</p>
      </div>
      <Sparkline type={type} value={value} hue={hue} max={max} />
    </li>
  );
}

const total = (row: LoggedPayloads['cpu']) => row.totalPercent;
const load1 = (row: LoggedPayloads['cpu']) => row.load1;
const used = (row: LoggedPayloads['memory']) => share(row.usedBytes, row.totalBytes);
const available = (row: LoggedPayloads['memory']) => share(row.availableBytes, row.totalBytes);
const swapped = (row: LoggedPayloads['memory']) =>
  row.swapTotalBytes === 0 ? 0 : share(row.swapUsedBytes, row.swapTotalBytes);
const busiest = (row: LoggedPayloads['cpu']) =>
  row.cores.reduce<number | null>((high, core) => (core === null ? high : Math.max(high ?? 0, core)), null);

/** The headline figures, each with its last five minutes. */
export function Tiles() {
  const t = useTranslations('tile');
  const locale = useLocale();
  const cpu = useLatest('cpu');
  const memory = useLatest('memory');
  const cores = useLive(({ facts }) => facts.cores);
  const bytes = (value: number | null | undefined) => formatQuantity(value, 'memoryBytes', locale);
  const of = (whole: number | null | undefined) => (whole ? t('of', { total: bytes(whole) }) : '');
  const peak = cpu ? busiest(cpu) : null;
  const noSwap = memory?.swapTotalBytes === 0;

  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      <Tile
        label={t('cpu')}
        figure={formatQuantity(cpu?.totalPercent, 'percent', locale)}
        type="cpu"
        value={total}
        hue="var(--hue-cpu)"
        max={100}
      />
      <Tile
        label={t('memory')}
        figure={bytes(memory?.usedBytes)}
        aside={of(memory?.totalBytes)}
        type="memory"
        value={used}
        hue="var(--hue-memory)"
        max={100}
      />
      <Tile
        label={t('load')}
        figure={formatQuantity(cpu?.load1, 'load', locale)}
        aside={cores === null ? '' : t('perCores', { count: cores })}
        type="cpu"
        value={load1}
        hue="var(--hue-load)"
        max="auto"
      />
      <Tile
        label={t('busiest')}
        figure={formatQuantity(peak, 'percent', locale)}
        aside={
          peak === null
            ? ''
            : t.rich('core', {
                index: cpu?.cores.indexOf(peak) ?? 0,
                figure: (text) => <Figure unit="count">{text}</Figure>,
              })
        }
        type="cpu"
        value={busiest}
        hue="var(--hue-system)"
        max={100}
      />
      <Tile
        label={t('available')}
        figure={bytes(memory?.availableBytes)}
        type="memory"
        value={available}
        hue="var(--hue-cache)"
        max={100}
      />
      <Tile
        label={t('swap')}
        figure={noSwap ? t('none') : bytes(memory?.swapUsedBytes)}
        aside={of(memory?.swapTotalBytes)}
        type="memory"
        value={swapped}
        hue="var(--hue-swap)"
        max={100}
      />
    </ul>
  );
}
