'use client';

import { type RefObject, useEffect, useRef } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import { crosshair, pointedTime } from '../charts/live/crosshair';
import { choiceFor, panned, zoomed } from './choose';
import type { Opened, Pressed } from './control-input';
import { KeyHelp } from './key-help';
import { NoteForm } from './note-form';
import { RangeForm } from './range-form';
import { live, type TimeChoice } from './time-choice';
import { useGestures } from './use-gestures';

export interface ControlsProps {
  readonly box: RefObject<HTMLElement | null>;
  readonly pressed: Pressed | null;
  readonly opened: Opened;
  readonly onOpen: (opened: Opened) => void;
  readonly choice: TimeChoice;
  readonly range: () => TimeRange;
  /** Unix ms on the host's clock. */
  readonly now: () => number;
  readonly onMove: (range: TimeRange | null) => void;
  readonly onGo: (choice: TimeChoice) => void;
}

/** Back to the time that was shown before, as far as this page was where it was chosen. */
export function goBack(): void {
  if (history.state?.timeSteps > 0) history.back();
}

/** The keys, the wheel and the fingers that move through time, and the forms that choose a time or note something. */
export function Controls(props: ControlsProps) {
  const { box, pressed, opened, onOpen, choice, range, now, onMove, onGo } = props;
  const pan = (share: number) => onGo(panned(choice, share, now()));
  const zoom = (factor: number) => onGo(zoomed(choice, factor, now()));
  const acts: Readonly<Record<string, () => void>> = {
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
  const act = (key: string) => acts[key.toLowerCase()]?.();
  const latest = useRef(act);
  latest.current = act;

  useEffect(() => {
    if (pressed) latest.current(pressed.key);
  }, [pressed]);
  useGestures({ box, range, now, onMove, onLetGo: (moved) => onGo(choiceFor(moved, now())) });

  const close = () => onOpen(null);
  if (opened === 'help') return <KeyHelp onClose={close} />;
  if (opened === 'note')
    return (
      <NoteForm
        pointed={pointedTime(crosshair.pointed, now())}
        range={choice.kind === 'fixed' ? choice : null}
        now={now}
        onClose={close}
      />
    );
  if (opened === 'pick')
    return (
      <RangeForm
        range={range()}
        onShow={(chosen) => {
          close();
          onGo({ kind: 'fixed', ...chosen });
        }}
      />
    );
  return null;
}
