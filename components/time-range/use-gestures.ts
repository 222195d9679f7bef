import { type RefObject, useEffect, useRef } from 'react';
import { fractionOf, type TimeRange, timeAt } from '@/lib/charts/time-axis';
import { goesThroughTime } from './control-input';
import { type Grip, heldBefore, movedBy, rangeUnder } from './grips';

export interface GestureOptions {
  readonly box: RefObject<HTMLElement | null>;
  readonly range: () => TimeRange;
  readonly now: () => number;
  /** Shows a range while it is still being moved. */
  readonly onMove: (range: TimeRange) => void;
  /** The one at which it was let go. */
  readonly onLetGo: (range: TimeRange) => void;
}

/** A wheel has no end of its own. */
const wheelRestMs = 300;
const lineHeightPx = 16;

/** Wheel sideways or with Shift, two fingers on a chart, one on the track of marks: they move and zoom the time. */
export function useGestures(options: GestureOptions): void {
  const latest = useRef(options);
  latest.current = options;
  const { box } = options;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const grips = new Map<number, Grip>();
    let held: TimeRange | null = null;
    let rest: ReturnType<typeof setTimeout> | undefined;

    const show = (range: TimeRange) => {
      held = heldBefore(range, latest.current.now());
      latest.current.onMove(held);
    };
    const letGo = () => {
      clearTimeout(rest);
      if (held) latest.current.onLetGo(held);
      held = null;
    };
    const turn = (event: WheelEvent) => {
      if (!goesThroughTime(event)) return;
      event.preventDefault();
      const px = (event.deltaX || event.deltaY) * (event.deltaMode === 1 ? lineHeightPx : 1);
      const { range, now } = latest.current;
      const width = Math.max(300, element.clientWidth);
      show(movedBy(held ?? range(), px / width, now()));
      clearTimeout(rest);
      rest = setTimeout(letGo, wheelRestMs);
    };

    /** The axis under a finger, and where on it the finger is. */
    const axisOf = ({ target, clientX }: PointerEvent) => {
      const axis = target instanceof Element ? target.closest('.chart, [data-annotation-track]') : null;
      if (!axis) return null;
      const { left, width } = axis.getBoundingClientRect();
      return { isTrack: axis.matches('[data-annotation-track]'), at: (clientX - left) / width };
    };
    const down = (event: PointerEvent) => {
      const axis = event.pointerType === 'touch' ? axisOf(event) : null;
      if (!axis || grips.size >= 2) return;
      const range = held ?? latest.current.range();
      grips.set(event.pointerId, { t: timeAt(axis.at, range), at: axis.at });
    };
    const move = (event: PointerEvent) => {
      const grip = grips.get(event.pointerId);
      const axis = grip && axisOf(event);
      if (!axis) return;
      grips.set(event.pointerId, { ...grip, at: axis.at });
      // One finger on a chart reads it.
      if (grips.size < 2 && !axis.isTrack) return;
      const range = held ?? latest.current.range();
      if (!held && Math.abs(fractionOf(grip.t, range) - axis.at) < 0.02) return;
      show(rangeUnder([...grips.values()], range));
    };
    const up = ({ pointerId }: PointerEvent) => {
      if (!grips.delete(pointerId)) return;
      grips.clear();
      letGo();
    };

    element.addEventListener('wheel', turn, { passive: false });
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    return () => {
      clearTimeout(rest);
      element.removeEventListener('wheel', turn);
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
    };
  }, [box]);
}
