import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';

/** One line or layer of a chart. */
export interface Series<T extends LoggedType> {
  readonly key: string;
  readonly label: string;
  /** A CSS colour, from the theme. */
  readonly hue: string;
  readonly value: (row: LoggedPayloads[T]) => number | null;
}
