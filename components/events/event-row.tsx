'use client';

import { memo } from 'react';
import type { LogEvent } from '@/lib/protocol/log-event';
import { SeverityIcon } from '../alerts/severity';
import { Timestamp } from '../ui/timestamp';
import { hueOf } from '../ui/type-hues';
import type { EventText } from './event-text';

export interface EventRowProps {
  readonly id: string;
  readonly event: LogEvent;
  readonly text: EventText;
  readonly isPicked: boolean;
  readonly onPick: (id: string) => void;
}

/** One event, one line high. */
export const EventRow = memo(function EventRow({ id, event, text, isPicked, onPick }: EventRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys, as a listbox does.
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active row.
    <div
      id={id}
      role="option"
      aria-selected={isPicked}
      data-type={event.type}
      onClick={() => onPick(event.id)}
      className={`flex h-[var(--row)] cursor-pointer items-center gap-2.5 overflow-hidden border-b border-line px-3 text-[0.8125rem] ${isPicked ? 'bg-[color-mix(in_srgb,var(--hue-cpu)_18%,transparent)]' : 'hover:bg-raised'}`}
    >
      <span className="grid w-4 shrink-0 place-items-center">
        {text.tone ? (
          <SeverityIcon tone={text.tone} />
        ) : (
          <span
            aria-hidden="true"
            className="size-2 rounded-full"
            style={{ background: hueOf(event.type) }}
          />
        )}
      </span>
      <Timestamp
        t={event.t}
        className="event-time w-[4.2rem] shrink-0 text-xs whitespace-nowrap text-soft sm:w-[8.2rem]"
      />
      <span className="event-type hidden w-24 shrink-0 truncate text-xs text-soft md:inline">
        {text.type}
      </span>
      <span className="min-w-0 truncate">
        <b className="font-semibold">{text.title}</b>
        {text.text && <span className="text-soft"> · {text.text}</span>}
      </span>
    </div>
  );
});
