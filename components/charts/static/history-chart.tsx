'use client';

import { useLocale, useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react';
import { rootPx } from '@/lib/charts/label-placement';
import { fractionOf, type TimeRange, tickLabel, timeTicks } from '@/lib/charts/time-axis';
import { timestampText } from '../../ui/timestamp';
import { plotInsetOf } from '../frame';
import { RechartsFrame } from '../recharts-frame';
import type { FrameLine } from '../threshold-line';
import { useSize } from '../use-size';
import { useTap } from '../use-tap';
import { type HistoryData, historyPaths } from './history-paths';
import { valueRange } from './value-range';

export interface HistoryChartProps {
  /** Of the metric, in the reader's language. */
  readonly name: string;
  readonly isPercent: boolean;
  readonly formatValue: (value: number | null) => string;
  /** The same for limits, without decimals that say nothing. */
  readonly formatLimit: (value: number | null) => string;
  readonly data: HistoryData;
  readonly range: TimeRange;
  readonly levels: readonly FrameLine[];
  /** Times in which the rule fired or would have. */
  readonly spans: readonly TimeRange[];
  readonly spanHue: string;
  readonly className?: string;
}

/** The room for a name on the axis of time, in rem. */
const tickRem = 5.625;

/** What a metric did in a stretch of time: means, with the band between lowest and highest behind them. */
export function HistoryChart({
  name,
  isPercent,
  formatValue,
  formatLimit,
  data,
  range,
  levels,
  spans,
  spanHue,
  className = '',
}: HistoryChartProps) {
  const t = useTranslations('alertPages');
  const locale = useLocale();
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [pointed, setPointed] = useState<number | null>(null);
  const { from, to } = range;
  const { width, height } = size ?? { width: 0, height: 0 };

  const known = data.points.filter(([, , avg]) => avg !== null);
  const lowest = Math.min(...known.map(([, min]) => min ?? 0));
  const highest = Math.max(...known.map(([, , , max]) => max ?? 0));
  // A limit far from the values must not flatten the curve.
  const near = levels.filter(({ value }) => Math.abs(value) < Math.max(Math.abs(highest), 1) * 20);
  const [bottom, top] = valueRange([lowest, highest, ...near.map(({ value }) => value)], isPercent);
  const inset = useMemo(() => plotInsetOf(size ? rootPx() : undefined), [size]);
  const floor = height - inset.bottom;
  const x = (at: number) => fractionOf(at, range) * width;
  const y = (value: number) => floor - ((value - bottom) / (top - bottom || 1)) * (floor - inset.top);

  // biome-ignore lint/correctness/useExhaustiveDependencies: x and y are made of what is listed.
  const paths = useMemo(() => historyPaths(data, { x, y }), [data, from, to, width, height, bottom, top]);
  const { stepMs, ticks } = timeTicks(range, Math.max(2, Math.floor(width / (tickRem * rootPx()))));

  const at = pointed === null ? null : (data.points.findLast(([time]) => time <= pointed) ?? null);
  const valueText = (point: HistoryData['points'][number] | null) => {
    if (!point) return t('chartSummary', summary);
    const [time, min, avg, max] = point;
    if (avg === null) return `${timestampText(time, locale)} · –`;
    const spread =
      min === max ? '' : ` (${t('seeMetric', { min: formatValue(min), max: formatValue(max) })})`;
    return `${timestampText(time, locale)} · ${formatValue(avg)}${spread}`;
  };
  const summary = {
    metric: name,
    from: timestampText(from, locale, false),
    to: timestampText(to, locale, false),
    min: formatValue(lowest),
    max: formatValue(highest),
  };

  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width: across } = event.currentTarget.getBoundingClientRect();
    setPointed(from + Math.min(1, Math.max(0, (event.clientX - left) / across)) * (to - from));
  };
  const tap = useTap({ show: point, hide: () => setPointed(null) });
  const step = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -10,
      PageDown: 10,
    };
    if (event.key === 'Escape') setPointed(null);
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const stepMs = Math.max(data.stepMs, (to - from) / 200);
    setPointed((old) => Math.min(to, Math.max(from, (old ?? to) + move * stepMs)));
  };

  return (
    <div className={className}>
      <p aria-hidden="true" className="h-5 truncate text-xs leading-5 text-soft">
        {at ? valueText(at) : name}
      </p>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((((pointed ?? to) - from) / (to - from)) * 100)}
        aria-valuetext={valueText(at)}
        onPointerMove={(event) => tap.move(event) || point(event)}
        onPointerDown={(event) => tap.down(event) || point(event)}
        onPointerUp={tap.up}
        onPointerCancel={tap.cancel}
        onPointerLeave={({ pointerType }) => pointerType !== 'touch' && setPointed(null)}
        onBlur={() => setPointed(null)}
        onKeyDown={step}
        className="relative h-52 cursor-crosshair touch-pan-y select-none rounded"
      >
        <svg aria-hidden="true" width={width} height={height} className="absolute inset-0 overflow-hidden">
          <path d={paths.band} fill="var(--hue-cpu)" fillOpacity={0.2} />
          <path
            data-testid="history"
            d={paths.line}
            fill="none"
            stroke="var(--hue-cpu)"
            strokeWidth={1.75}
            strokeLinejoin="round"
          />
          {pointed !== null && (
            <line x1={x(pointed)} x2={x(pointed)} y1={inset.top} y2={floor} stroke="var(--soft)" />
          )}
        </svg>
        {size && (
          <div className="pointer-events-none absolute inset-0">
            <RechartsFrame
              width={width}
              height={height}
              inset={inset}
              bottom={bottom}
              top={top}
              valueTicks={[bottom, (bottom + top) / 2, top]}
              timeTicks={ticks.map((tick) => ({
                at: fractionOf(tick, range),
                label: tickLabel(tick, stepMs, locale),
              }))}
              formatValue={formatLimit}
              lines={near}
              areas={spans.map((span) => ({
                from: fractionOf(span.from, range),
                to: fractionOf(span.to, range),
              }))}
              areaHue={spanHue}
            />
          </div>
        )}
      </div>
    </div>
  );
}
