'use client';

import { useLayoutEffect, useRef } from 'react';
import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';
import { useLiveStore } from '@/lib/live/hooks';
import { liveSpanSeconds } from '@/lib/live/store';
import { linePath, type Projection, stackPaths } from './trace-path';

export interface SparklineProps<T extends LoggedType> {
  readonly type: T;
  readonly value: (row: LoggedPayloads[T]) => number | null;
  readonly hue: string;
  /** The value at the top edge; `auto` is a little above the highest. */
  readonly max: number | 'auto';
}

const spanMs = liveSpanSeconds * 1000;
const width = 300;
const height = 40;

/** Five minutes at a glance, without axes. Its box stretches; its stroke does not. */
export function Sparkline<T extends LoggedType>({ type, value, hue, max }: SparklineProps<T>) {
  const store = useLiveStore();
  const area = useRef<SVGPathElement>(null);
  const line = useRef<SVGPathElement>(null);

  useLayoutEffect(() => {
    const draw = () => {
      const now = store.hostNow();
      const { rows, isTorn } = store.table(type);
      const highest = rows.reduce((high, row) => Math.max(high, value(row) ?? 0), 0);
      const top = max === 'auto' ? Math.max(highest * 1.3, 0.1) : max;
      const projection: Projection<LoggedPayloads[T]> = {
        rows,
        isTorn,
        x: (t) => width * (1 - (now - t) / spanMs),
        y: (at) => (height - 2) * (1 - Math.min(at, top) / top) + 1,
        holeMs: store.holeMsOf(type),
      };
      area.current?.setAttribute('d', stackPaths(projection, [value])[0] ?? '');
      line.current?.setAttribute('d', linePath(projection, value));
    };
    draw();
    return store.subscribe(draw);
  }, [store, type, value, max]);

  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="block h-10 w-full"
    >
      <path ref={area} fill={hue} fillOpacity={0.16} />
      <path
        ref={line}
        fill="none"
        stroke={hue}
        strokeWidth={1.5}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
