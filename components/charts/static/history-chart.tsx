'use client';

import { useLocale, useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { placedLabels, rootPx, tickWidth } from '@/lib/charts/label-placement';
import { type TimeRange, tickLabel, timeTicks } from '@/lib/charts/time-axis';
import { momentText } from '../../ui/moment';
import { useTap } from '../use-tap';
import { type HistoryData, historyPaths } from './history-paths';
import { valueRange } from './value-range';

export interface Level {
  readonly value: number;
  readonly label: string;
  readonly hue: string;
}

export interface HistoryChartProps {
  /** Of the metric, in the reader's language. */
  readonly name: string;
  readonly isPercent: boolean;
  readonly formatValue: (value: number | null) => string;
  /** The same for limits, without decimals that say nothing. */
  readonly formatLimit: (value: number | null) => string;
  readonly data: HistoryData;
  readonly range: TimeRange;
  readonly levels: readonly Level[];
  /** Times in which the rule fired or would have. */
  readonly spans: readonly TimeRange[];
  readonly spanHue: string;
  readonly className?: string;
}

const topRoom = 8;
/** Of the axis of time, and of a name on it, in rem. */
const axisRem = 1.375;
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
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [pointed, setPointed] = useState<number | null>(null);
  const { from, to } = range;
  const { width, height } = size;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const known = data.points.filter(([, , avg]) => avg !== null);
  const lowest = Math.min(...known.map(([, min]) => min ?? 0));
  const highest = Math.max(...known.map(([, , , max]) => max ?? 0));
  // A limit that is far off must not press what is drawn flat.
  const near = levels.filter(({ value }) => Math.abs(value) < Math.max(Math.abs(highest), 1) * 20);
  const [bottom, top] = valueRange([lowest, highest, ...near.map(({ value }) => value)], isPercent);
  const remPx = width > 0 ? rootPx() : 16;
  const floor = height - axisRem * remPx;
  const x = (at: number) => ((at - from) / (to - from)) * width;
  const y = (value: number) => floor - ((value - bottom) / (top - bottom || 1)) * (floor - topRoom);

  const gridValues = [bottom, (bottom + top) / 2, top];

  // biome-ignore lint/correctness/useExhaustiveDependencies: x and y are made of what is listed.
  const paths = useMemo(() => historyPaths(data, { x, y }), [data, from, to, width, height, bottom, top]);
  const { stepMs, ticks } =
    width > 0
      ? timeTicks(range, Math.max(2, Math.floor(width / (tickRem * remPx))))
      : { stepMs: 0, ticks: [] };
  const tickText = (at: number) => tickLabel(at, stepMs, locale);

  const placed = placedLabels(
    ticks.map((tick) => ({ x: x(tick), width: tickWidth(tickText(tick)) })),
    width,
  );

  const at = pointed === null ? null : (data.points.findLast(([time]) => time <= pointed) ?? null);
  const reading = (point: HistoryData['points'][number] | null) => {
    if (!point) return t('chartSummary', summary);
    const [time, min, avg, max] = point;
    if (avg === null) return `${momentText(time, locale)} · –`;
    const spread =
      min === max ? '' : ` (${t('seeMetric', { min: formatValue(min), max: formatValue(max) })})`;
    return `${momentText(time, locale)} · ${formatValue(avg)}${spread}`;
  };
  const summary = {
    metric: name,
    from: momentText(from, locale, false),
    to: momentText(to, locale, false),
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
        {at ? reading(at) : name}
      </p>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((((pointed ?? to) - from) / (to - from)) * 100)}
        aria-valuetext={reading(at)}
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
          {spans.map((span) => (
            <rect
              key={span.from}
              data-testid="span"
              x={x(span.from)}
              y={topRoom}
              width={Math.max(2, x(span.to) - x(span.from))}
              height={Math.max(0, floor - topRoom)}
              fill={spanHue}
              fillOpacity={0.16}
            />
          ))}
          {gridValues.map((value) => (
            <line key={value} x1={0} x2={width} y1={y(value)} y2={y(value)} stroke="var(--line)" />
          ))}
          <path d={paths.band} fill="var(--hue-cpu)" fillOpacity={0.2} />
          <path
            data-testid="history"
            d={paths.line}
            fill="none"
            stroke="var(--hue-cpu)"
            strokeWidth={1.75}
            strokeLinejoin="round"
          />
          {near.map(({ value, label, hue }) => (
            <line
              key={label}
              x1={0}
              x2={width}
              y1={y(value)}
              y2={y(value)}
              stroke={hue}
              strokeWidth={1.5}
              strokeDasharray="5 4"
            />
          ))}
          {gridValues.map(
            (value) =>
              value !== 0 && (
                <text
                  key={value}
                  x={4}
                  y={y(value)}
                  dy={value === bottom ? '-0.4em' : '1.1em'}
                  className="tick tick-over"
                >
                  {formatLimit(value)}
                </text>
              ),
          )}
          {near.map(({ value, label, hue }) => (
            <text
              key={label}
              x={width - 4}
              y={y(value)}
              dy="-0.4em"
              textAnchor="end"
              className="tick tick-over"
              style={{ fill: hue }}
            >
              {label}
            </text>
          ))}
          {ticks.map((tick, index) => {
            const place = placed[index];
            if (!place?.isShown) return null;
            return (
              <text
                key={tick}
                x={x(tick)}
                y={floor}
                dy="1.3em"
                textAnchor={place.anchor}
                className="tick tick-time"
              >
                {tickText(tick)}
              </text>
            );
          })}
          {pointed !== null && (
            <line x1={x(pointed)} x2={x(pointed)} y1={topRoom} y2={floor} stroke="var(--soft)" />
          )}
        </svg>
      </div>
    </div>
  );
}
