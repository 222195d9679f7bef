import { createContext } from 'react';
import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';
import type { Timeline } from '@/lib/live/timeline';
import type { TimeRange } from './time-domain';

/** A stretch of time that is not the last five minutes, and what is known of it. */
export interface Past {
  readonly range: TimeRange;
  /** Rows further apart than this are not joined. */
  readonly holeMs: number;
  timeline<T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]>;
}

/** What time the charts of a page show together. */
export interface TimeView {
  /** `null` while the charts are live. */
  readonly past: Past | null;
  /** Tells what a chart needs of history. Returns the way to need it no more. */
  want(metrics: readonly string[]): () => void;
  select(range: TimeRange): void;
}

/** Without one, charts are live and nothing can be chosen. */
export const TimeViewContext = createContext<TimeView | null>(null);
