import { useMemo } from 'react';
import { createPathBuilder } from '@/lib/charts/path-builder';
import type { Form, PathGroup } from '@/lib/charts/path-groups';
import type { Series } from '@/lib/charts/series';
import { fractionOf } from '@/lib/charts/time-axis';
import { timelineOf } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { strokeRoom } from '../stroke-room';
import type { Past } from '../time-view';
import type { Size } from '../use-size';

export interface BandProps<T extends LoggedType> {
  readonly past: Past;
  readonly type: T;
  readonly series: readonly Series<T>[];
  readonly form: Form;
  /** How high all layers of a stack stand together. */
  readonly total: ((row: LoggedPayloads[T]) => number | null) | undefined;
  readonly bottom: number;
  readonly top: number;
  readonly gapMs: number;
  /** Of the layer, `strokeRoom` above and below the plot included. */
  readonly size: Size;
}

interface Reach<Row> {
  readonly t: number;
  readonly low: Row;
  readonly high: Row;
}

/** The area from the lowest to the highest value of each step. */
export function bandPathsOf<Row extends { readonly t: number }>({
  value,
  down,
  carries,
}: Pick<Series<never>, 'down'> & {
  readonly value: (row: Row) => number | null;
  readonly carries?: ((row: Row) => boolean) | undefined;
}): PathGroup<Reach<Row>> {
  return {
    count: 2,
    filled: true,
    carries: ({ low }) => carries?.(low) ?? true,
    edges({ low, high }) {
      const [one, other] = [value(low), value(high)];
      if (one === null || other === null) return null;
      const sign = down ? -1 : 1;
      // A value that is derived by subtraction, such as used from free memory, is highest where its metric is lowest.
      return [sign * Math.min(one, other), sign * Math.max(one, other)];
    },
  };
}

/** The range of values behind the means of a past range: a peak of one second stays visible in a year. */
export function Band<T extends LoggedType>(props: BandProps<T>) {
  const { past, type, series, form, total, bottom, top, gapMs, size } = props;
  const { width, height } = size;
  const drawn = useMemo(
    () =>
      form === 'stack'
        ? total
          ? [{ key: 'total', hue: series[0]?.hue ?? '', value: total }]
          : []
        : series.filter(({ label, derived }) => label !== '' && !derived),
    [form, series, total],
  );
  const paths = useMemo(() => {
    const { rows, followsGap } = past.lows(type);
    const highs = past.highs(type).rows;
    const reaches = rows.flatMap((low, index) => {
      const high = highs[index];
      return high ? [{ t: low.t, low, high }] : [];
    });
    const plotHeight = height - 2 * strokeRoom;
    const y = (value: number) => {
      const held = Math.min(top, Math.max(bottom, value));
      return strokeRoom + plotHeight * (1 - (held - bottom) / (top - bottom));
    };
    const groups = drawn.map((one) => bandPathsOf<LoggedPayloads[T]>(one));
    const x = (t: number) => fractionOf(t, past.range) * width;
    return createPathBuilder({ x, y, gapMs, groups }).draw(timelineOf(reaches, ({ low }) => followsGap(low)));
  }, [past, type, drawn, bottom, top, gapMs, width, height]);
  return (
    <svg
      aria-hidden="true"
      width={width}
      height={height}
      className="absolute inset-0"
      data-testid={`band-${type}`}
    >
      {drawn.map(({ key, hue }, index) => (
        <path key={key} d={paths[index * 2 + 1]} fill={hue} fillOpacity={0.28} />
      ))}
    </svg>
  );
}
