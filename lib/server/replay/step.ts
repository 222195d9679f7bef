import type { NewEvent } from '@/lib/server/event-log/event-log';
import type { Place } from './position';

/** What comes next in a replay. Without an event it tells that somebody measured then, and how far the stream is. */
export interface Moment {
  /** When it is due: Unix ms of the replay's clock. */
  readonly t: number;
  readonly event: NewEvent | null;
  /** Where the stream is behind it. */
  readonly place: Place;
}

/** Some of the past, in its order. */
export interface Piece {
  readonly moments: readonly Moment[];
  /** How far measurements are apart here, in ms. */
  readonly spacingMs: number;
}
