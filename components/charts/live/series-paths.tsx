'use client';

import { useId, useLayoutEffect, useMemo, useRef } from 'react';
import { type AnnotationLine, type AxisGap, annotationTones, hueOfTone } from '@/lib/charts/annotation-lines';
import { type Form, pathGroupsOf } from '@/lib/charts/path-groups';
import type { Series } from '@/lib/charts/series';
import { useLiveStore } from '@/lib/client/react/hooks';
import type { Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import type { TimeDomain } from '../live-time';
import type { Size } from '../use-size';
import { crosshair } from './crosshair';
import { createPathLayer, type PathLayerParts } from './path-layer';
import { observeVisibility } from './visibility';

export interface SeriesPathsProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  readonly form: Form;
  readonly bottom: number;
  readonly top: number;
  readonly gapMs: number | undefined;
  readonly domain: TimeDomain;
  /** What is drawn in place of the live table. */
  readonly timeline: Timeline<LoggedPayloads[T]> | undefined;
  readonly marks: readonly AnnotationLine[];
  readonly gaps: readonly AxisGap[];
  /** Of the plot, with room for the width of a line. */
  readonly size: Size;
}

/** The moving part of a chart: React makes its elements, and the layer moves them without React. */
export function SeriesPaths<T extends LoggedType>(props: SeriesPathsProps<T>) {
  const { type, series, form, bottom, top, gapMs, domain, timeline, marks, gaps, size } = props;
  const hatching = useId();
  const store = useLiveStore();
  const svg = useRef<SVGSVGElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => pathGroupsOf(series, form), [series, form]);
  const { width, height } = size;

  const parts = useMemo<Omit<PathLayerParts<T>, 'svg' | 'line'>>(
    () => ({ store, type, groups, bottom, top, gapMs, domain, timeline, marks, gaps, width, height }),
    [store, type, groups, bottom, top, gapMs, domain, timeline, marks, gaps, width, height],
  );

  useLayoutEffect(() => {
    if (!svg.current || !line.current) return;
    const layer = createPathLayer({ ...parts, svg: svg.current, line: line.current });
    layer.draw();
    layer.point();
    const stops = [
      parts.store.subscribe(layer.draw),
      crosshair.subscribe(layer.point),
      observeVisibility(svg.current, layer.show),
    ];
    return () => {
      for (const stop of stops) stop();
      layer.end();
    };
  }, [parts]);

  const edges = groups.flatMap(({ filled, count }) => Array.from({ length: count }, () => filled));
  return (
    <>
      <svg
        ref={svg}
        aria-hidden="true"
        width={width}
        height={height}
        className="traces"
        data-testid={`traces-${type}`}
      >
        <pattern
          id={hatching}
          width={7}
          height={7}
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width={2} height={7} fill="var(--line)" />
        </pattern>
        <g data-gaps fill={`url(#${hatching})`} />
        {series.map(({ key, hue }, index) => (
          <path
            key={key}
            {...(edges[index]
              ? { fill: hue, fillOpacity: form === 'line' ? 0.45 : 0.72 }
              : { fill: 'none', stroke: hue, strokeWidth: 1.75 })}
          />
        ))}
        {annotationTones.map((tone) => (
          <path
            key={tone}
            data-mark={tone}
            opacity={tone === 'info' ? 0.55 : 1}
            fill={hueOfTone[tone]}
            stroke={hueOfTone[tone]}
            strokeLinejoin="round"
          />
        ))}
        {series.map(({ key, hue }) => (
          <circle key={key} r={3.5} fill={hue} stroke="var(--panel)" strokeWidth={1.5} visibility="hidden" />
        ))}
      </svg>
      <div ref={line} hidden className="absolute inset-y-0 left-0 w-px bg-soft" />
    </>
  );
}
