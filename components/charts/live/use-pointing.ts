import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { fractionOf, type TimeRange, timeAt } from '@/lib/charts/time-axis';
import { useTap } from '../use-tap';
import { crosshair, pointedTime } from './crosshair';

export interface PointingOptions {
  readonly rangeNow: () => TimeRange;
  readonly now: () => number;
  /** Whether the axis moves: the crosshair then keeps its distance from now. */
  readonly isLive: boolean;
  /** How far an arrow key goes, in ms. */
  readonly stepMs: number;
  /** Told of a range that the reader has chosen. Without it nothing can be chosen. */
  readonly onSelect: ((range: TimeRange) => void) | undefined;
}

/** From where to where the reader is choosing, in Unix ms. */
export interface Selection {
  readonly anchor: number;
  readonly head: number;
}

const moves: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** A drag of fewer px is a click. */
const dragPxMin = 5;

export const rangeOfSelection = ({ anchor, head }: Selection): TimeRange => ({
  from: Math.round(Math.min(anchor, head)),
  to: Math.round(Math.max(anchor, head)),
});

/** Crosshair and choice of a range, by pointer and by keyboard. */
export function usePointing({ rangeNow, now, isLive, stepMs, onSelect }: PointingOptions) {
  const [isPointing, setPointing] = useState(false);
  const [selection, setSelection] = useState<Selection | null>(null);
  const [dragFromX, setDragFromX] = useState<number | null>(null);

  const pointAt = (t: number) => {
    const range = rangeNow();
    const held = Math.min(range.to, Math.max(range.from, t));
    if (isLive) crosshair.point(Math.round(range.to - held));
    else crosshair.pointAt(Math.round(held));
    setPointing(true);
    return held;
  };
  const under = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const fraction = Math.min(1, Math.max(0, (event.clientX - left) / width));
    return timeAt(fraction, rangeNow());
  };
  const choose = (chosen: Selection) => {
    setSelection(null);
    if (chosen.anchor !== chosen.head) onSelect?.(rangeOfSelection(chosen));
  };
  const drop = () => {
    setSelection(null);
    setDragFromX(null);
  };
  const leave = () => {
    crosshair.point(null);
    setPointing(false);
    drop();
  };
  const step = (event: KeyboardEvent<HTMLElement>, move: number) => {
    event.preventDefault();
    const { from, to } = rangeNow();
    const before = Math.min(to, Math.max(from, pointedTime(crosshair.pointed, now()) ?? to));
    const head = pointAt(Number.isFinite(move) ? before + move * stepMs : move > 0 ? to : from);
    if (event.shiftKey && onSelect) setSelection({ anchor: selection?.anchor ?? before, head });
    else setSelection(null);
  };

  const tap = useTap({ show: (event) => pointAt(under(event)), hide: leave });

  const handlers = {
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (tap.move(event)) return;
      const head = pointAt(under(event));
      if (selection && dragFromX !== null) setSelection({ ...selection, head });
    },
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (tap.down(event)) return;
      const t = pointAt(under(event));
      if (!onSelect || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDragFromX(event.clientX);
      setSelection({ anchor: t, head: t });
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      if (tap.up(event)) return;
      if (selection && dragFromX !== null && Math.abs(event.clientX - dragFromX) >= dragPxMin) {
        choose({ ...selection, head: under(event) });
        // Without focus the arrow keys move the time range again. Focus by keyboard stays.
        if (!event.currentTarget.matches(':focus-visible')) event.currentTarget.blur();
      }
      drop();
    },
    onPointerCancel(event: PointerEvent<HTMLElement>) {
      if (!tap.cancel(event)) drop();
    },
    // On touch screens this event follows each lift of the finger.
    onPointerLeave: ({ pointerType }: PointerEvent<HTMLElement>) => pointerType !== 'touch' && leave(),
    // Only the chart with the pointer clears the crosshair: another one may have taken it over.
    onBlur: () => isPointing && leave(),
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const move = moves[event.key];
      if (move !== undefined) step(event, move);
      else if (event.key === 'Enter' && selection) choose(selection);
      else if (event.key === 'Escape' && selection) drop();
      else if (event.key === 'Escape') leave();
    },
  };

  return { isPointing, selection, handlers };
}

/** Left edge and width of a range on a chart, in percent. */
export function bandOf(range: TimeRange, on: TimeRange): { left: string; width: string } {
  const held = (t: number) => Math.min(1, Math.max(0, fractionOf(t, on)));
  const left = held(range.from);
  return { left: `${left * 100}%`, width: `${(held(range.to) - left) * 100}%` };
}
