import { type RefObject, useLayoutEffect, useState } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element in whole px; `null` until it has one. */
export function useSize(element: RefObject<Element | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    if (!element.current) return;
    const take = ({ width, height }: DOMRectReadOnly) =>
      setSize((before) => {
        const next = { width: Math.floor(width), height: Math.floor(height) };
        if (next.width === 0 || next.height === 0) return null;
        return before?.width === next.width && before.height === next.height ? before : next;
      });
    take(element.current.getBoundingClientRect());
    const observer = new ResizeObserver((entries) => {
      for (const { contentRect } of entries) take(contentRect);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
