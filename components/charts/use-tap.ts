import { type PointerEvent, useEffect, useRef } from 'react';

export interface TapOptions {
  /** Reads the chart under a finger. */
  readonly show: (event: PointerEvent<HTMLElement>) => void;
  readonly hide: () => void;
}

/** A finger that moves further than this reads along the chart. */
const tapPx = 10;
/** A tap within this distance of the crosshair is meant for the same place. */
const samePlacePx = 24;

interface Place {
  readonly element: Element;
  readonly x: number;
}

/**
 * What fingers do on a chart: a tap shows what is there and leaves it shown, another one there or one outside hides it.
 * A second finger, or a page that begins to scroll, is no tap. Each handler returns whether the event was a finger's.
 */
export function useTap({ show, hide }: TapOptions) {
  /** Where a finger is, and whether something was shown there before. */
  const finger = useRef<(Place & { readonly hides: boolean }) | null>(null);
  const shown = useRef<Place | null>(null);
  const latest = useRef(hide);
  latest.current = hide;

  const forget = () => {
    finger.current = null;
    if (!shown.current) return;
    shown.current = null;
    latest.current();
  };
  useEffect(() => {
    const outside = ({ target }: Event) => {
      const { current } = shown;
      if (!current || (target instanceof Node && current.element.contains(target))) return;
      // What goes down beside it may be a second finger, and then the first reads the chart no longer.
      finger.current = null;
      shown.current = null;
      latest.current();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, []);

  return {
    down(event: PointerEvent<HTMLElement>): boolean {
      if (event.pointerType !== 'touch') return false;
      const place = { element: event.currentTarget, x: event.clientX };
      if (!event.isPrimary) forget();
      else {
        const before = shown.current;
        finger.current = { ...place, hides: before !== null && Math.abs(before.x - place.x) <= samePlacePx };
        shown.current = place;
        show(event);
      }
      return true;
    },
    move(event: PointerEvent<HTMLElement>): boolean {
      if (event.pointerType !== 'touch') return false;
      const { current } = finger;
      if (!current || !event.isPrimary) return true;
      if (Math.abs(event.clientX - current.x) > tapPx) finger.current = { ...current, hides: false };
      shown.current = { element: event.currentTarget, x: event.clientX };
      show(event);
      return true;
    },
    up({ pointerType }: PointerEvent<HTMLElement>): boolean {
      if (pointerType !== 'touch') return false;
      if (finger.current?.hides) forget();
      finger.current = null;
      return true;
    },
    cancel({ pointerType }: PointerEvent<HTMLElement>): boolean {
      if (pointerType !== 'touch') return false;
      forget();
      return true;
    },
  };
}
