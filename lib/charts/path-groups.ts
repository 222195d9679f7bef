import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import type { Series } from './series';

/** `mirror`: areas up, and down from the middle, at one scale. */
export type Form = 'stack' | 'line' | 'mirror';

/** Series with the same gaps. Each series is one edge; an area lies between it and the edge below. */
export interface PathGroup<Row> {
  /** The height of each edge in a row, in the unit of the axis; `null` where any of them is not known. */
  readonly edges: (row: Row) => readonly number[] | null;
  /** Whether a row has these series at all; a row without them is skipped and is no gap. */
  readonly carries: (row: Row) => boolean;
  readonly count: number;
  readonly filled: boolean;
}

const all = () => true;

/** The path groups of these series, in their order. All layers of a stack are one group. */
export function pathGroupsOf<T extends LoggedType>(
  series: readonly Series<T>[],
  form: Form,
): readonly PathGroup<LoggedPayloads[T]>[] {
  if (form === 'stack') return [stacked(series)];
  return series.map(({ value, area, down, carries }) => ({
    count: 1,
    filled: form === 'mirror' || area === true,
    carries: carries ?? all,
    edges(row) {
      const at = value(row);
      return at === null ? null : [down ? -at : at];
    },
  }));
}

function stacked<T extends LoggedType>(series: readonly Series<T>[]): PathGroup<LoggedPayloads[T]> {
  return {
    count: series.length,
    filled: true,
    carries: all,
    edges(row) {
      const edges: number[] = [];
      let height = 0;
      for (const { value } of series) {
        const layer = value(row);
        if (layer === null) return null;
        height += layer;
        edges.push(height);
      }
      return edges;
    },
  };
}
