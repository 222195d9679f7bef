/** What stands open below the bar. */
export type Opened = 'pick' | 'note' | 'help' | null;

const keys = new Set(['ArrowLeft', 'ArrowRight', '+', '=', '-', 'l', 'L', 'b', 'B', 'n', 'N', '?']);

/** Where it is kept that the reader wants no single keys; the bar itself takes them all the same. */
export const keysOffName = 'hostbeat-no-keys';

/** A wheel that is turned sideways, or with Shift, goes through time; else it scrolls the page. */
export const goesThroughTime = ({ shiftKey, ctrlKey, deltaX, deltaY }: WheelEvent) =>
  !ctrlKey && (shiftKey || Math.abs(deltaX) > Math.abs(deltaY));

/** Whether a key is for the time range: not while text is typed, in a dialog, or with a modifier. */
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
