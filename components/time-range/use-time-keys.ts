import { useCallback, useEffect, useRef } from 'react';
import { isTimeKey, type Opened } from './control-input';
import { panned, zoomed } from './pan-and-zoom';
import { live, type TimeChoice } from './time-choice';

export interface TimeKeysOptions {
  readonly choice: TimeChoice;
  /** Unix ms on the host's clock. */
  readonly now: () => number;
  readonly onGo: (choice: TimeChoice) => void;
  readonly onOpen: (opened: Opened) => void;
}

/** Back to the time that was shown before, as far as this page was where it was chosen. */
function goBack(): void {
  if (history.state?.timeSteps > 0) history.back();
}

/** Handles the keys that move through time; returns the way to press one, for buttons. */
export function useTimeKeys(options: TimeKeysOptions): (key: string) => void {
  const latest = useRef(options);
  latest.current = options;
  const press = useCallback((key: string) => {
    const { choice, now, onGo, onOpen } = latest.current;
    const pan = (share: number) => onGo(panned(choice, share, now()));
    const zoom = (factor: number) => onGo(zoomed(choice, factor, now()));
    const actions: Readonly<Record<string, () => void>> = {
      arrowleft: () => pan(-0.5),
      arrowright: () => pan(0.5),
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      l: () => onGo(live),
      b: goBack,
      n: () => onOpen('note'),
      '?': () => onOpen('help'),
    };
    actions[key.toLowerCase()]?.();
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isTimeKey(event)) return;
      event.preventDefault();
      press(event.key);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [press]);
  return press;
}
