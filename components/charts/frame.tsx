'use client';

import { type ComponentType, createContext } from 'react';
import { type PlacedLabel, placedLabels, rootPx, tickWidth } from '@/lib/charts/label-placement';
import { type FrameLine, placedLines, ThresholdLine } from './threshold-line';

/** How far the plot is from the edges of its chart, in px. */
export interface PlotInset {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Of the axis of time, which stands below the plot. */
const axisRem = 1.25;

/** The room that the axes need at the size of text that the page has. */
export const plotInsetOf = (remPx = rootPx()): PlotInset => ({
  top: 6,
  right: 1,
  bottom: Math.round(axisRem * remPx),
  left: 1,
});

/** A name on the axis of time, `at` 0 on the left to 1 on the right. */
export interface TimeTick {
  readonly at: number;
  readonly label: string;
}

/** The parts of a chart that do not move: axes and grid. */
export interface FrameProps {
  /** Of the whole chart, in px. */
  readonly width: number;
  readonly height: number;
  readonly inset: PlotInset;
  readonly bottom: number;
  readonly top: number;
  readonly valueTicks: readonly number[];
  readonly timeTicks: readonly TimeTick[];
  readonly formatValue: (value: number) => string;
  readonly lines?: readonly FrameLine[];
}

interface TimeLabelProps {
  readonly x: number;
  /** The foot of the plot. */
  readonly y: number;
  readonly label: string;
  readonly placed: PlacedLabel;
}

/** A time on the axis. */
export function TimeLabel({ x, y, label, placed }: TimeLabelProps) {
  if (!placed.isShown) return null;
  return (
    <text x={x} y={y} dy="1.3em" textAnchor={placed.anchor} className="tick tick-time">
      {label}
    </text>
  );
}

/** Where the names of an axis of time go, and which of them have room. */
export function placedTicks({ timeTicks, width, inset }: Pick<FrameProps, 'timeTicks' | 'width' | 'inset'>) {
  const across = width - inset.left - inset.right;
  const at = timeTicks.map((tick) => ({ x: inset.left + tick.at * across, width: tickWidth(tick.label) }));
  const placed = placedLabels(at, width);
  return timeTicks.flatMap((tick, index) => {
    const [there, here] = [at[index], placed[index]];
    return there && here ? [{ ...tick, x: there.x, placed: here }] : [];
  });
}

interface ValueLabelProps {
  readonly y: number;
  readonly value: number;
  readonly format: (value: number) => string;
  /** The value at the lower edge. */
  readonly foot: number;
}

/** A value, on the plot below its grid line, at the lower edge above it; zero goes without saying. */
export function ValueLabel({ y, value, format, foot }: ValueLabelProps) {
  if (value === 0) return null;
  return (
    <text x={4} y={y} dy={value === foot ? '-0.5em' : '1.15em'} className="tick tick-value">
      {format(value)}
    </text>
  );
}

/** Draws the frame by itself: an embedded panel carries no chart library. */
export function PlainFrame(props: FrameProps) {
  const { width, height, inset, bottom, top, valueTicks, formatValue } = props;
  const foot = height - inset.bottom;
  const across = width - inset.left - inset.right;
  const y = (value: number) => foot - ((value - bottom) / (top - bottom)) * (foot - inset.top);
  return (
    <svg aria-hidden="true" width={width} height={height} className="block">
      <path
        className="grid-line"
        d={valueTicks.map((value) => `M${inset.left} ${y(value)}h${across}`).join('')}
      />
      {placedTicks(props).map(({ at, x, label, placed }) => (
        <TimeLabel key={at} x={x} y={foot} label={label} placed={placed} />
      ))}
      {valueTicks.map((value) => (
        <ValueLabel key={value} y={y(value)} value={value} format={formatValue} foot={bottom} />
      ))}
      {placedLines(props).map((line) => (
        <ThresholdLine key={line.label} line={line} left={inset.left} right={width - inset.right} />
      ))}
    </svg>
  );
}

/** Who draws the frames of the charts below. */
export const FrameContext = createContext<ComponentType<FrameProps>>(PlainFrame);
