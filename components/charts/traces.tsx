'use client';

import { useLayoutEffect, useRef } from 'react';
import { usePlotArea } from 'recharts';
import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';
import { useLiveStore } from '@/lib/live/hooks';
import { liveSpanSeconds } from '@/lib/live/store';
import { crosshair } from './crosshair';
import type { Series } from './series';
import { linePath, type Projection, stackPaths } from './trace-path';

interface TracesProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  readonly form: 'stack' | 'line' | 'mirror';
  readonly bottom: number;
  readonly top: number;
  readonly holeMs: number | undefined;
}

const spanMs = liveSpanSeconds * 1000;

/** The path of each series, in their order. */
function pathsOf<T extends LoggedType>(
  projection: Projection<LoggedPayloads[T]>,
  series: readonly Series<T>[],
  form: TracesProps<T>['form'],
): string[] {
  if (form === 'stack')
    return stackPaths(
      projection,
      series.map(({ value }) => value),
    );
  return series.map(({ value, area, down, carries }) => {
    const own: Projection<LoggedPayloads[T]> = {
      ...projection,
      rows: carries ? projection.rows.filter(carries) : projection.rows,
      y: down ? (at) => projection.y(-at) : projection.y,
    };
    return form === 'mirror' || area ? (stackPaths(own, [value])[0] ?? '') : linePath(own, value);
  });
}

/** The moving part of a chart: sets the `d` of its paths outside React, at most once a frame. */
export function Traces<T extends LoggedType>(props: TracesProps<T>) {
  const { type, series, form, bottom, top, holeMs } = props;
  const store = useLiveStore();
  const plot = usePlotArea();
  const group = useRef<SVGGElement>(null);
  const line = useRef<SVGLineElement>(null);

  useLayoutEffect(() => {
    if (!plot || plot.width <= 0) return;
    const { x, y, width, height } = plot;

    const draw = () => {
      const now = store.hostNow();
      const { rows, isTorn } = store.table(type);
      const projection: Projection<LoggedPayloads[T]> = {
        rows,
        isTorn,
        x: (t) => x + width * (1 - (now - t) / spanMs),
        y: (value) => y + height * (1 - (Math.min(value, top) - bottom) / (top - bottom)),
        holeMs: holeMs ?? store.holeMsOf(type),
      };
      const children = group.current?.children;
      pathsOf(projection, series, form).forEach((path, index) => {
        children?.[index]?.setAttribute('d', path);
      });
    };
    const point = () => {
      const { agoMs } = crosshair;
      const at = String(x + width * (1 - (agoMs ?? 0) / spanMs));
      line.current?.setAttribute('x1', at);
      line.current?.setAttribute('x2', at);
      line.current?.setAttribute('visibility', agoMs === null ? 'hidden' : 'visible');
    };

    draw();
    point();
    const stopDrawing = store.subscribe(draw);
    const stopPointing = crosshair.subscribe(point);
    return () => {
      stopDrawing();
      stopPointing();
    };
  }, [store, type, series, form, bottom, top, holeMs, plot]);

  if (!plot) return null;
  const { x, y, width, height } = plot;
  const clip = `plot-${type}-${Math.round(width)}-${Math.round(height)}`;
  return (
    <>
      <clipPath id={clip}>
        <rect x={x} y={y - 1} width={width} height={height + 2} />
      </clipPath>
      <g ref={group} clipPath={`url(#${clip})`} data-testid={`traces-${type}`}>
        {series.map(({ key, hue, area }) =>
          form !== 'line' || area ? (
            <path key={key} fill={hue} fillOpacity={form === 'line' ? 0.45 : 0.72} />
          ) : (
            <path
              key={key}
              fill="none"
              stroke={hue}
              strokeWidth={1.75}
              strokeLinejoin="round"
              strokeLinecap="round"
            />
          ),
        )}
      </g>
      <line ref={line} y1={y} y2={y + height} stroke="var(--soft)" strokeWidth={1} visibility="hidden" />
    </>
  );
}
