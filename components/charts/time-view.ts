import { createContext } from 'react';
import type { AnnotationLine, AxisGap } from '@/lib/charts/annotation-lines';
import type { TimeRange } from '@/lib/charts/time-axis';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';

export type PastStatus = 'loading' | 'shown' | 'failed';

/** A range other than the last five minutes, with its samples. */
export interface Past {
  readonly range: TimeRange;
  /** One point of history stands for so long, in ms; 0 while none is known. */
  readonly stepMs: number;
  /** Rows further apart than this are not joined. */
  gapMs(type: LoggedType): number;
  /** Means of history, and samples that the page received itself. */
  timeline<T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]>;
  /** The same times with the lowest and with the highest of each value. */
  lows<T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]>;
  highs<T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]>;
  /** A live store as it would be at the end of the range, or at the selected time. */
  readonly store: DisplayStore | null;
  /** Whether history has been read: until then there are only live samples. */
  readonly isRead: boolean;
}

/** What time the charts of a page show together. */
export interface TimeView {
  /** `null` while the charts are live. */
  readonly past: Past | null;
  /** A `replay` moves as the present does, and is not. */
  readonly shows: 'present' | 'past' | 'replay';
  /** What happened, and where nothing is known. */
  readonly marks: readonly AnnotationLine[];
  readonly gaps: readonly AxisGap[];
  /** Shows another stretch of time, where one can be chosen. */
  readonly select: ((range: TimeRange) => void) | undefined;
}

/** Without one, charts are live and nothing can be chosen. */
export const TimeViewContext = createContext<TimeView | null>(null);
