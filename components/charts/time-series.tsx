'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useMemo } from 'react';
import { CartesianGrid, LineChart, XAxis, YAxis } from 'recharts';
import type { LoggedType } from '@/lib/events/event-types';
import { useLive, useLiveStore } from '@/lib/live/hooks';
import { liveSpanSeconds } from '@/lib/live/store';
import { TimeTick, ValueTick } from './axis-ticks';
import { axisAround, axisTop } from './axis-top';
import { crosshair, useCrosshair } from './crosshair';
import type { Series } from './series';
import { Traces } from './traces';

export interface TimeSeriesProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  /** `mirror`: areas up, and down from the middle, at one scale. */
  readonly form: 'stack' | 'line' | 'mirror';
  /** The top of the value axis; `auto` keeps it above the data at a round figure, `around` lets the axis begin anywhere. */
  readonly max: number | 'auto' | 'around';
  /** The least that `auto` goes to: what is below is no news. */
  readonly least?: number;
  /** Rows further apart than this are not joined; by the type's own period when left out. */
  readonly holeMs?: number;
  readonly formatTick: (value: number) => string;
  readonly label: string;
  /** What a screen reader is told of the moment that is pointed at. */
  readonly describe: (agoMs: number) => string;
  readonly className: string;
}

const spanMs = liveSpanSeconds * 1000;
const seconds = [-300, -240, -180, -120, -60, 0];
const emptyFrame = seconds.map((x) => ({ x, y: 0 }));
const margin = { top: 6, right: 1, bottom: 0, left: 1 };

/**
 * A chart of the last five minutes. Recharts draws the frame, once per scale and size; the traces inside it
 * are moved directly, since a redraw of the frame each second would cost twenty times as much.
 */
export function TimeSeries<T extends LoggedType>(props: TimeSeriesProps<T>) {
  const { type, series, form, max, least, holeMs, formatTick, label, describe, className } = props;
  const t = useTranslations('chart');
  const store = useLiveStore();
  const ago = useCrosshair();
  const top = useLive((live) => {
    if (typeof max === 'number') return max;
    const { rows } = live.table(type);
    return max === 'auto' ? axisTop(rows, series, least) : axisAround(rows, series)[1];
  });
  const around = useLive((live) => (max === 'around' ? axisAround(live.table(type).rows, series)[0] : 0));
  const bottom = form === 'mirror' ? -top : around;

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width: across } = event.currentTarget.getBoundingClientRect();
    const fraction = Math.min(1, Math.max(0, (event.clientX - left) / across));
    crosshair.point(Math.round((1 - fraction) * spanMs));
  };
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: 1,
      ArrowDown: 1,
      ArrowRight: -1,
      ArrowUp: -1,
      PageUp: 10,
      PageDown: -10,
      Home: Number.POSITIVE_INFINITY,
      End: Number.NEGATIVE_INFINITY,
    };
    const move = moves[event.key];
    if (event.key === 'Escape') crosshair.point(null);
    if (move === undefined) return;
    event.preventDefault();
    const next = (crosshair.agoMs ?? 0) + move * store.intervalMs;
    crosshair.point(Math.min(spanMs, Math.max(0, next)));
  };

  const agoSeconds = Math.round((ago ?? 0) / 1000);
  const minutes = Math.floor(agoSeconds / 60);
  const rest = agoSeconds % 60;

  const frame = useMemo(() => {
    const axisLabel = (value: number) => t('axis', { seconds: -value, minutes: -value / 60 });
    const tickLabel = (value: number) => formatTick(form === 'mirror' ? Math.abs(value) : value);
    return (
      <LineChart
        responsive
        style={{ width: '100%', height: '100%' }}
        data={emptyFrame}
        margin={margin}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="x"
          type="number"
          domain={[-liveSpanSeconds, 0]}
          ticks={seconds}
          tick={(tick) => <TimeTick {...tick} format={axisLabel} />}
          tickLine={false}
          axisLine={false}
          height={20}
          interval={0}
        />
        <YAxis
          dataKey="y"
          type="number"
          domain={[bottom, top]}
          allowDataOverflow
          ticks={[bottom, (bottom + top) / 2, top]}
          tick={(tick) => <ValueTick {...tick} format={tickLabel} foot={bottom} />}
          interval={0}
          tickLine={false}
          axisLine={false}
          mirror
          width={60}
        />
        <Traces type={type} series={series} form={form} bottom={bottom} top={top} holeMs={holeMs} />
      </LineChart>
    );
  }, [type, series, form, bottom, top, holeMs, formatTick, t]);

  return (
    <div
      className={`chart relative cursor-crosshair touch-pan-y select-none rounded ${className}`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={-liveSpanSeconds}
      aria-valuemax={0}
      aria-valuenow={-agoSeconds}
      aria-valuetext={t('moment', { value: describe(ago ?? 0), minutes, seconds: rest })}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => crosshair.point(null)}
      onBlur={() => crosshair.point(null)}
      onKeyDown={step}
    >
      {/* Out of the flow: what was drawn must not keep the chart from growing smaller. */}
      <div className="absolute inset-0">{frame}</div>
    </div>
  );
}
