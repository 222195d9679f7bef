'use client';

import { useLayoutEffect, useRef } from 'react';
import { usePlotArea } from 'recharts';
import type { LoggedType } from '@/lib/events/event-types';
import { useLiveStore } from '@/lib/live/hooks';
import { liveSpanSeconds } from '@/lib/live/store';
import { crosshair } from './crosshair';
import type { Series } from './series';
import { linePath, type Projection, stackPaths } from './trace-path';

interface TracesProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  readonly form: 'stack' | 'line';
  readonly top: number;
}

const spanMs = liveSpanSeconds * 1000;

/** The moving part of a chart: sets the `d` of its paths outside React, at most once a frame. */
export function Traces<T extends LoggedType>({ type, series, form, top }: TracesProps<T>) {
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
      const projection: Projection<Parameters<Series<T>['value']>[0]> = {
        rows,
        isTorn,
        x: (t) => x + width * (1 - (now - t) / spanMs),
        y: (value) => y + height * (1 - Math.min(value, top) / top),
        holeMs: store.holeMs,
      };
      const values = series.map(({ value }) => value);
      const paths =
        form === 'stack'
          ? stackPaths(projection, values)
          : values.map((value) => linePath(projection, value));
      const children = group.current?.children;
      paths.forEach((path, index) => {
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
  }, [store, type, series, form, top, plot]);

  if (!plot) return null;
  const { x, y, width, height } = plot;
  const clip = `plot-${type}-${Math.round(width)}-${Math.round(height)}`;
  return (
    <>
      <clipPath id={clip}>
        <rect x={x} y={y - 1} width={width} height={height + 2} />
      </clipPath>
      <g ref={group} clipPath={`url(#${clip})`} data-testid={`traces-${type}`}>
        {series.map(({ key, hue }) =>
          form === 'stack' ? (
            <path key={key} fill={hue} fillOpacity={0.72} />
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
