import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';

/** One line or layer of a chart. */
export interface Series<T extends LoggedType> {
  readonly key: string;
  readonly label: string;
  /** A CSS colour, from the theme. */
  readonly hue: string;
  readonly value: (row: LoggedPayloads[T]) => number | null;
  /** Made of several metrics, whose lowest and highest values are at different times. */
  readonly derived?: boolean;
  /** Drawn as an area where the others of its chart are lines. */
  readonly area?: boolean;
  /** In a mirrored chart: below the middle. */
  readonly down?: boolean;
  /** Whether a row has this series at all; a row without it is skipped and is no gap. */
  readonly carries?: (row: LoggedPayloads[T]) => boolean;
}
