'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useContext, useMemo, useRef } from 'react';
import { type AnnotationLine, hueOfTone, type Threshold } from '@/lib/charts/annotation-lines';
import { type Form, pathGroupsOf } from '@/lib/charts/path-groups';
import type { Series } from '@/lib/charts/series';
import { type TimeRange, timeTextIn } from '@/lib/charts/time-axis';
import { useLiveStore } from '@/lib/client/react/hooks';
import type { Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { FrameContext, type PlotInset, plotInsetOf } from '../frame';
import { minutesAndSeconds, rangeOf, type TimeDomain } from '../live-time';
import { strokeRoom } from '../stroke-room';
import { type TimeView, TimeViewContext } from '../time-view';
import { useSize } from '../use-size';
import { pointedTime, usePointed } from './crosshair';
import { DataButton } from './data-button';
import { Band } from './range-band';
import { SeriesPaths } from './series-paths';
import { Tooltip } from './tooltip';
import { bandOf, rangeOfSelection, usePointing } from './use-pointing';
import { useTimeTicks } from './use-time-ticks';
import { useValueAxis } from './use-value-axis';
import { seriesValueAt } from './value-at';

export interface TimeSeriesProps<T extends LoggedType> {
  readonly type: T;
  readonly series: readonly Series<T>[];
  /** `mirror`: areas up, and down from the middle, at one scale. */
  readonly form: Form;
  /** The top of the value axis; `auto` keeps it above the data at a round figure, `around` lets the axis begin anywhere. */
  readonly max: number | 'auto' | 'around';
  /** The least that `auto` goes to: smaller values do not matter. */
  readonly topMin?: number;
  /** The highest that a value can be, where there is such a thing: no axis goes beyond it without need. */
  readonly valueMax?: number | undefined;
  /** Rows further apart than this are not joined; by the type's own period when left out. */
  readonly gapMs?: number | undefined;
  readonly formatTick: (value: number) => string;
  /** A value in full, with its unit; as on the axis when left out. */
  readonly formatValue?: (value: number) => string;
  readonly label: string;
  /** What a screen reader announces of the selected time; all series when left out. */
  readonly describe?: (agoMs: number) => string;
  readonly className: string;
  /** The last five minutes, moving, unless a stretch of time is given. */
  readonly domain?: TimeDomain;
  /** Drawn instead of the live samples: `timelineOf` the rows of history. */
  readonly timeline?: Timeline<LoggedPayloads[T]>;
  /** How high all layers of a stack stand together. */
  readonly total?: (row: LoggedPayloads[T]) => number | null;
  readonly thresholds?: readonly Threshold[];
  readonly marks?: readonly AnnotationLine[];
  /** Told of the stretch of time that the reader has dragged over, or chosen with Shift, arrows and Enter. */
  readonly onSelect?: (range: TimeRange) => void;
}

const none: readonly never[] = [];

/**
 * A chart over time. Its frame is drawn once per scale and size; the traces inside it are moved directly, since
 * a redraw of the frame each second would cost twenty times as much.
 */
export function TimeSeries<T extends LoggedType>(props: TimeSeriesProps<T>) {
  const {
    type,
    series,
    form,
    max,
    topMin,
    valueMax,
    formatTick,
    formatValue = formatTick,
    label,
    describe,
  } = props;
  const { thresholds = none, className } = props;
  const view = useContext(TimeViewContext);
  const { marks, gaps, past, domain, timeline, givenGapMs, onSelect } = shownOf(props, view);
  const t = useTranslations('chart');
  const locale = useLocale();
  const store = useLiveStore();
  const Frame = useContext(FrameContext);
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size may come with another size of text.
  const { inset, clip } = useMemo(() => roomOf(plotInsetOf()), [size]);
  const pointed = usePointed();
  const isLive = domain === 'live';

  const groups = useMemo(() => pathGroupsOf(series, form), [series, form]);
  const { bottom, top } = useValueAxis({ type, groups, form, max, topMin, valueMax, past, timeline });

  const rangeNow = () => rangeOf(domain, store.hostNow());
  const { isPointing, selection, handlers } = usePointing({
    rangeNow,
    now: store.hostNow,
    isLive,
    stepMs: isLive ? store.intervalMs : (rangeNow().to - rangeNow().from) / 300,
    onSelect,
  });

  const timeTicks = useTimeTicks(domain, size?.width ?? 0, view?.shows !== 'replay');
  const tickLabel = useMemo(
    () => (form === 'mirror' ? (value: number) => formatTick(Math.abs(value)) : formatTick),
    [form, formatTick],
  );
  const lines = useMemo(
    () => thresholds.map(({ value, label: name, tone }) => ({ value, label: name, hue: hueOfTone[tone] })),
    [thresholds],
  );
  const frame = useMemo(
    () =>
      size && (
        <Frame
          width={size.width}
          height={size.height}
          inset={inset}
          bottom={bottom}
          top={top}
          valueTicks={[bottom, (bottom + top) / 2, top]}
          timeTicks={timeTicks}
          formatValue={tickLabel}
          lines={lines}
        />
      ),
    [Frame, size, inset, bottom, top, timeTicks, tickLabel, lines],
  );

  const labelled = useMemo(() => series.filter((one) => one.label !== ''), [series]);
  const gapMs = givenGapMs ?? store.gapMsOf(type);
  const range = rangeNow();
  const pointedAt = Math.min(
    range.to,
    Math.max(range.from, pointedTime(pointed, store.hostNow()) ?? range.to),
  );
  const agoMs = isLive && pointed && 'agoMs' in pointed ? pointed.agoMs : Math.max(0, range.to - pointedAt);
  const agoSeconds = Math.round(agoMs / 1000);
  const valueText = (one: Series<T>) => {
    const value = seriesValueAt(timeline ?? store.table(type), one, pointedAt, gapMs);
    return value === null ? '–' : formatValue(value);
  };
  const description =
    isLive && describe
      ? describe(agoSeconds * 1000)
      : labelled.map((one) => `${one.label} ${valueText(one)}`).join(', ');
  const chosen = selection && rangeOfSelection(selection);
  const bounds = isLive
    ? [-300, 0, -agoSeconds]
    : [0, (range.to - range.from) / 1000, (pointedAt - range.from) / 1000];

  return (
    <div ref={box} className={`chart relative ${className}`}>
      {/* Out of the flow: what was drawn must not keep the chart from growing smaller. */}
      <div
        className="absolute inset-0 cursor-crosshair touch-pan-y select-none rounded"
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={bounds[0]}
        aria-valuemax={bounds[1]}
        aria-valuenow={Math.round(bounds[2] ?? 0)}
        aria-valuetext={
          chosen
            ? t('range', {
                from: timeTextIn(chosen.from, range, locale),
                to: timeTextIn(chosen.to, range, locale),
              })
            : isLive
              ? t('moment', { value: description, ...minutesAndSeconds(agoMs) })
              : t('at', { value: description, time: timeTextIn(pointedAt, range, locale) })
        }
        {...(onSelect ? { 'aria-description': t('choose') } : {})}
        {...handlers}
      >
        {size && (
          <div className="absolute overflow-hidden" style={clip}>
            {past?.isRead && (
              <Band
                past={past}
                type={type}
                series={series}
                form={form}
                total={props.total}
                bottom={bottom}
                top={top}
                gapMs={gapMs}
                size={plotSize(size, clip)}
              />
            )}
            <SeriesPaths
              type={type}
              series={series}
              form={form}
              bottom={bottom}
              top={top}
              gapMs={givenGapMs}
              domain={domain}
              timeline={timeline}
              marks={marks}
              gaps={gaps}
              size={plotSize(size, clip)}
            />
            {chosen && (
              <div
                className="absolute inset-y-0 bg-cpu/20"
                data-testid="selection"
                style={bandOf(chosen, range)}
              />
            )}
          </div>
        )}
        <div className="pointer-events-none absolute inset-0">{frame}</div>
      </div>
      {isPointing && pointed && !chosen && (
        <Tooltip
          type={type}
          series={labelled}
          domain={domain}
          timeline={timeline}
          gapMs={gapMs}
          thresholds={thresholds}
          marks={marks}
          gaps={gaps}
          formatValue={formatValue}
        />
      )}
      <DataButton
        label={label}
        series={labelled}
        thresholds={thresholds}
        marks={marks}
        formatValue={formatValue}
        shown={() => ({ timeline: timeline ?? store.table(type), range: rangeNow(), gapMs })}
      />
    </div>
  );
}

/** A chart shows its own rows if it has any, else those of its page; with a domain of its own, none of the page's. */
function shownOf<T extends LoggedType>(props: TimeSeriesProps<T>, view: TimeView | null) {
  const page = props.domain === undefined ? view : null;
  const past = page?.past ?? null;
  return {
    past,
    marks: props.marks ?? page?.marks ?? none,
    gaps: page?.gaps ?? none,
    domain: props.domain ?? past?.range ?? 'live',
    timeline: props.timeline ?? past?.timeline(props.type),
    onSelect: props.onSelect ?? page?.select,
    givenGapMs: past ? Math.max(props.gapMs ?? 0, past.gapMs(props.type)) : props.gapMs,
  };
}

/** Where the plot is, and its layer, which has room for the width of a line. */
function roomOf(inset: PlotInset): { readonly inset: PlotInset; readonly clip: PlotInset } {
  return {
    inset,
    clip: { ...inset, top: inset.top - strokeRoom, bottom: inset.bottom - strokeRoom },
  };
}

const plotSize = (
  { width, height }: { readonly width: number; readonly height: number },
  clip: PlotInset,
) => ({
  width: Math.max(1, width - clip.left - clip.right),
  height: Math.max(1, height - clip.top - clip.bottom),
});
