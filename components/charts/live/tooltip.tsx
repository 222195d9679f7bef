'use client';

import { useLocale, useTranslations } from 'next-intl';
import { type AnnotationLine, type AxisGap, hueOfTone, type Threshold } from '@/lib/charts/annotation-lines';
import type { Series } from '@/lib/charts/series';
import { fractionOf, timeTextIn } from '@/lib/charts/time-axis';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import type { Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { minutesAndSeconds, rangeOf, type TimeDomain } from '../live-time';
import { pointedTime, usePointed } from './crosshair';
import { seriesValueAt } from './value-at';

export interface TooltipProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  readonly domain: TimeDomain;
  readonly timeline: Timeline<LoggedPayloads[T]> | undefined;
  readonly gapMs: number;
  readonly thresholds: readonly Threshold[];
  readonly marks: readonly AnnotationLine[];
  readonly gaps: readonly AxisGap[];
  readonly formatValue: (value: number) => string;
}

/** Marks within this distance of the crosshair, as a share of the axis, are shown. */
const nearMark = 0.012;
const marksMax = 4;
const line = 'flex items-center gap-1.5';

/** All series at the selected time, on the side where there is more room. */
export function Tooltip<T extends LoggedType>(props: TooltipProps<T>) {
  const { type, series, domain, gapMs, thresholds, marks, formatValue } = props;
  const t = useTranslations('chart');
  const locale = useLocale();
  const store = useLiveStore();
  const pointed = usePointed();
  // The time is counted back from now: with each new sample another one is at the crosshair.
  useLive((live) => live.table(type).revision);

  const now = store.hostNow();
  const pointedAt = pointedTime(pointed, now);
  const range = rangeOf(domain, now);
  if (pointedAt === null || pointedAt < range.from || pointedAt > range.to) return null;
  const at = fractionOf(pointedAt, range);
  const timeline = props.timeline ?? store.table(type);
  const near = marks.filter((mark) => Math.abs(fractionOf(mark.t, range) - at) < nearMark).slice(-marksMax);
  const gap = props.gaps.find(({ from, to }) => pointedAt >= from && pointedAt < to);
  const side =
    at > 0.5 ? { right: `calc(${(1 - at) * 100}% + 10px)` } : { left: `calc(${at * 100}% + 10px)` };

  return (
    <div
      aria-hidden="true"
      data-testid="tooltip"
      className="pointer-events-none absolute top-1 z-10 min-w-36 rounded-lg border border-line bg-panel/95 px-2.5 py-1.5 text-xs leading-5 whitespace-nowrap text-soft shadow-lg"
      style={side}
    >
      <p className="flex justify-between gap-4">
        <b className="font-semibold text-ink">{timeTextIn(pointedAt, range, locale)}</b>
        {domain === 'live' && <span>{t('ago', minutesAndSeconds(now - pointedAt))}</span>}
      </p>
      {series.map((one) => {
        const value = seriesValueAt(timeline, one, pointedAt, gapMs);
        return (
          <p key={one.key} className={line}>
            <span className="size-2 rounded-[3px]" style={{ background: one.hue }} />
            {one.label}
            <b className="ml-auto pl-3 font-semibold text-ink">{value === null ? '–' : formatValue(value)}</b>
          </p>
        );
      })}
      {gap && <p className="max-w-56 whitespace-normal text-warn">{gap.label}</p>}
      {thresholds.map(({ value, label, tone }) => (
        <p key={label} className={line}>
          <span className="w-2 border-t-2 border-dashed" style={{ borderColor: hueOfTone[tone] }} />
          {label}
          <span className="ml-auto pl-3">{formatValue(value)}</span>
        </p>
      ))}
      {near.map((mark) => (
        <p key={`${mark.t} ${mark.label}`} className={line}>
          <span className="h-3 w-2 border-l-2" style={{ borderColor: hueOfTone[mark.tone] }} />
          <span className="max-w-56 truncate">{mark.label}</span>
        </p>
      ))}
    </div>
  );
}
