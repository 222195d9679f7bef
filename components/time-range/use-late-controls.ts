import { type RefObject, useEffect, useState } from 'react';
import { late, useLate } from '../ui/late';

/** What stands open below the bar. */
export type Opened = 'pick' | 'note' | 'help' | null;

/** A new one each time: the same key may be pressed again. */
export interface Pressed {
  readonly key: string;
}

const controls = late(() => import('./controls').then((module) => module.Controls));

const keys = new Set(['ArrowLeft', 'ArrowRight', '+', '=', '-', 'l', 'L', 'b', 'B', 'n', 'N', '?']);

/** Where it is kept that the reader wants no single keys; the bar itself takes them all the same. */
export const keysOffName = 'hostbeat-no-keys';

/** A wheel that is turned sideways, or with Shift, goes through time; else it scrolls the page. */
export const goesThroughTime = ({ shiftKey, ctrlKey, deltaX, deltaY }: WheelEvent) =>
  !ctrlKey && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY));

/** A key of the time's that nobody else takes: not while text is typed, in a dialog, or with a modifier. */
export function isTimeKey({
  key,
  target,
  defaultPrevented,
  ctrlKey,
  metaKey,
  altKey,
}: KeyboardEvent): boolean {
  if (!keys.has(key) || defaultPrevented || ctrlKey || metaKey || altKey || !(target instanceof Element))
    return false;
  if (target.closest('input, textarea, select, dialog, [contenteditable]')) return false;
  return localStorage.getItem(keysOffName) === null || target.closest('[data-time-bar]') !== null;
}

/** Keys, wheel, fingers and forms: at their first use at the latest. */
export function useLateControls(box: RefObject<HTMLElement | null>) {
  const [opened, setOpened] = useState<Opened>(null);
  /** What was pressed last, on the keyboard or on a button; also what asked for them. */
  const [pressed, setPressed] = useState<Pressed | null>(null);
  const isWanted = opened !== null || pressed !== null;
  const { part: Controls, hasFailed } = useLate(controls, isWanted);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isTimeKey(event)) return;
      event.preventDefault();
      setPressed({ key: event.key });
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  useEffect(() => {
    const element = box.current;
    if (Controls || !element) return;
    const load = () => void controls.load();
    const touch = ({ pointerType }: PointerEvent) => pointerType === 'touch' && load();
    const turn = (event: WheelEvent) => {
      if (!goesThroughTime(event)) return;
      event.preventDefault();
      load();
    };
    element.addEventListener('wheel', turn, { passive: false });
    element.addEventListener('pointerdown', touch);
    return () => {
      element.removeEventListener('wheel', turn);
      element.removeEventListener('pointerdown', touch);
    };
  }, [box, Controls]);

  return {
    opened,
    setOpened,
    pressed,
    press: (key: string) => setPressed({ key }),
    Controls,
    /** Something was asked for that is not here. */
    isMissing: isWanted && hasFailed,
    retryControls: async () => (await controls.load()) !== null,
  };
}
