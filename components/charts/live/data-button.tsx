'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { AnnotationLine, Threshold } from '@/lib/charts/annotation-lines';
import type { Series } from '@/lib/charts/series';
import { type TimeRange, timeTextIn } from '@/lib/charts/time-axis';
import { indexAt, type Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { BareButton } from '../../ui/button';
import { late } from '../../ui/lazy-part';
import { LatePart } from '../../ui/part-missing';
import { seriesValueAt } from './value-at';

export interface DataButtonProps<T extends LoggedType> {
  readonly label: string;
  readonly series: readonly Series<T>[];
  readonly thresholds: readonly Threshold[];
  readonly marks: readonly AnnotationLine[];
  readonly formatValue: (value: number) => string;
  /** What the chart shows when it is asked for. */
  readonly shown: () => { timeline: Timeline<LoggedPayloads[T]>; range: TimeRange; gapMs: number };
}

const dataTable = late(() => import('./data-table').then((module) => module.DataTable));

/** The most rows of a table; of a longer one every second, third, … is shown. */
const rowsMax = 300;

/** For who does not see the chart: where the keyboard finds it, it shows itself. */
export function DataButton<T extends LoggedType>(props: DataButtonProps<T>) {
  const { label, series, thresholds, marks, formatValue, shown } = props;
  const t = useTranslations('chart');
  const locale = useLocale();
  const [taken, setTaken] = useState<ReturnType<typeof shown> | null>(null);
  return (
    <>
      <BareButton
        aria-haspopup="dialog"
        onClick={() => setTaken(shown())}
        className="sr-only top-1 right-1 z-10 focus-visible:not-sr-only focus-visible:absolute! focus-visible:rounded-lg focus-visible:border focus-visible:border-line focus-visible:bg-panel focus-visible:px-2.5 focus-visible:py-1 focus-visible:text-xs"
      >
        <span className="sr-only">{label}: </span>
        {t('table')}
      </BareButton>
      {taken && (
        <LatePart
          of={dataTable}
          props={{
            label,
            columns: series.map((one) => one.label),
            rows: rowsOf(taken, series).map((row) => ({
              t: row.t,
              time: timeTextIn(row.t, taken.range, locale),
              values: row.values.map((value) => (value === null ? '–' : formatValue(value))),
            })),
            notes: [
              ...thresholds.map((one) => t('note', { label: one.label, value: formatValue(one.value) })),
              ...marks
                .filter((mark) => mark.t >= taken.range.from && mark.t <= taken.range.to)
                .map((mark) =>
                  t('note', { label: mark.label, value: timeTextIn(mark.t, taken.range, locale) }),
                ),
            ],
            onClose: () => setTaken(null),
          }}
        />
      )}
    </>
  );
}

function rowsOf<T extends LoggedType>(
  { timeline, range, gapMs }: ReturnType<DataButtonProps<T>['shown']>,
  series: readonly Series<T>[],
) {
  const { rows } = timeline;
  const within = rows.slice(indexAt(rows, range.from), indexAt(rows, range.to + 1));
  const every = Math.max(1, Math.ceil(within.length / rowsMax));
  return within
    .filter((_, index) => (within.length - 1 - index) % every === 0)
    .map(({ t }) => ({ t, values: series.map((one) => seriesValueAt(timeline, one, t, gapMs)) }));
}
