'use client';

import { useContext, useLayoutEffect, useMemo, useRef } from 'react';
import { createExtent } from '@/lib/charts/extent';
import type { PathGroup } from '@/lib/charts/path-groups';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { TimeViewContext } from '../time-view';
import { useSize } from '../use-size';
import { createPathLayer } from './path-layer';
import { observeVisibility } from './visibility';

export interface SparklineProps<T extends LoggedType> {
  readonly type: T;
  readonly value: (row: LoggedPayloads[T]) => number | null;
  readonly hue: string;
  /** The value at the top edge; `auto` is a little above the highest. */
  readonly max: number | 'auto';
}

const all = () => true;
const none: readonly never[] = [];

/** The next of twenty steps a decade, so that a layer is not drawn anew for each new peak. */
function roomAbove(highest: number): number {
  return 10 ** (Math.ceil(Math.log10(Math.max(0.1, highest * 1.2)) * 20) / 20);
}

/** The time that the page shows at a glance, without axes. */
export function Sparkline<T extends LoggedType>({ type, value, hue, max }: SparklineProps<T>) {
  const store = useLiveStore();
  const past = useContext(TimeViewContext)?.past ?? null;
  const box = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const size = useSize(box);

  const groups = useMemo<readonly PathGroup<LoggedPayloads[T]>[]>(() => {
    const edges = (row: LoggedPayloads[T]) => {
      const at = value(row);
      return at === null ? null : [at];
    };
    return [true, false].map((filled) => ({ count: 1, filled, carries: all, edges }));
  }, [value]);
  const extent = useMemo(() => createExtent(groups), [groups]);
  const timeline = past?.timeline(type);
  const top = useLive((live) =>
    max === 'auto' ? roomAbove(extent(timeline ?? live.table(type)).high) : max,
  );

  useLayoutEffect(() => {
    if (!svg.current || !size) return;
    const { width, height } = size;
    const layer = createPathLayer({
      ...{ svg: svg.current, store, type, groups, bottom: 0, top, width, height },
      ...{
        line: null,
        gapMs: past?.gapMs(type),
        domain: past?.range ?? 'live',
        timeline,
        marks: none,
        gaps: none,
      },
    });
    layer.draw();
    const stops = [store.subscribe(layer.draw), observeVisibility(svg.current, layer.show)];
    return () => {
      for (const stop of stops) stop();
      layer.end();
    };
  }, [store, type, groups, top, size, past, timeline]);

  return (
    <div ref={box} className="h-10 w-full overflow-hidden">
      <svg
        ref={svg}
        aria-hidden="true"
        width={size?.width ?? 0}
        height={size?.height ?? 0}
        className="traces"
      >
        <path fill={hue} fillOpacity={0.16} />
        <path fill="none" stroke={hue} strokeWidth={1.5} />
      </svg>
    </div>
  );
}
