'use client';

import { type ComponentType, createContext } from 'react';

/** How far the plot is from the edges of its chart, in px: the axis of time stands below it. */
export const plotInset = { top: 6, right: 1, bottom: 20, left: 1 } as const;

/** A name on the axis of time, `at` 0 on the left to 1 on the right. */
export interface TimeTick {
  readonly at: number;
  readonly label: string;
}

/** What stands still around a trace: axes and grid. */
export interface FrameProps {
  /** Of the whole chart, in px. */
  readonly width: number;
  readonly height: number;
  readonly bottom: number;
  readonly top: number;
  readonly valueTicks: readonly number[];
  readonly timeTicks: readonly TimeTick[];
  readonly formatValue: (value: number) => string;
}

interface TimeLabelProps {
  readonly x: number;
  readonly y: number;
  readonly tick: TimeTick;
  /** Every other one, counted from the right, goes where there is little room. */
  readonly spare: boolean;
  readonly width: number;
}

const roomForHalf = 20;

/** A moment on the axis of time. The outermost stand inside the plot. */
export function TimeLabel({ x, y, tick, spare, width }: TimeLabelProps) {
  const anchor = x < roomForHalf ? 'start' : x > width - roomForHalf ? 'end' : 'middle';
  return (
    <text
      x={x}
      y={y}
      dy="0.75em"
      textAnchor={anchor}
      className={`tick tick-time ${spare ? 'tick-spare' : ''}`}
    >
      {tick.label}
    </text>
  );
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

export const isSpare = (index: number, count: number) => (count - 1 - index) % 2 === 1;

/** Draws the frame by itself: an embedded panel carries no chart library. */
export function PlainFrame({ width, height, bottom, top, valueTicks, timeTicks, formatValue }: FrameProps) {
  const foot = height - plotInset.bottom;
  const across = width - plotInset.left - plotInset.right;
  const y = (value: number) => foot - ((value - bottom) / (top - bottom)) * (foot - plotInset.top);
  return (
    <svg aria-hidden="true" width={width} height={height} className="block">
      <path
        className="grid-line"
        d={valueTicks.map((value) => `M${plotInset.left} ${y(value)}h${across}`).join('')}
      />
      {timeTicks.map((tick, index) => (
        <TimeLabel
          key={tick.at}
          x={plotInset.left + tick.at * across}
          y={foot + 8}
          tick={tick}
          spare={isSpare(index, timeTicks.length)}
          width={width}
        />
      ))}
      {valueTicks.map((value) => (
        <ValueLabel key={value} y={y(value)} value={value} format={formatValue} foot={bottom} />
      ))}
    </svg>
  );
}

/** Who draws the frames of the charts below. */
export const FrameContext = createContext<ComponentType<FrameProps>>(PlainFrame);
