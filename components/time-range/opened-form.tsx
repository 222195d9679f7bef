'use client';

import type { TimeRange } from '@/lib/charts/time-axis';
import { crosshair, pointedTime } from '../charts/live/crosshair';
import type { Opened } from './control-input';
import { KeyHelp } from './key-help';
import { NoteForm } from './note-form';
import { RangeForm } from './range-form';
import type { TimeChoice } from './time-choice';

export interface OpenedFormProps {
  readonly opened: NonNullable<Opened>;
  readonly onClose: () => void;
  readonly choice: TimeChoice;
  readonly range: () => TimeRange;
  /** Unix ms on the host's clock. */
  readonly now: () => number;
  readonly onGo: (choice: TimeChoice) => void;
}

/** The form or dialog that is open below the bar: choose a time, add a note, or the list of keys. */
export function OpenedForm({ opened, onClose, choice, range, now, onGo }: OpenedFormProps) {
  if (opened === 'help') return <KeyHelp onClose={onClose} />;
  if (opened === 'note')
    return (
      <NoteForm
        pointed={pointedTime(crosshair.pointed, now())}
        range={choice.kind === 'fixed' ? choice : null}
        now={now}
        onClose={onClose}
      />
    );
  return (
    <RangeForm
      range={range()}
      onShow={(chosen) => {
        onClose();
        onGo({ kind: 'fixed', ...chosen });
      }}
    />
  );
}
