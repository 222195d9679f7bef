import type { HistorySeries } from './history';

const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Series of the same steps as CSV (RFC 4180): a row per step, three columns per metric, an empty cell for a hole. */
export function csvOf(series: readonly HistorySeries[]): string {
  const head = [
    't',
    'time',
    ...series.flatMap(({ metric }) => [`${metric}.min`, `${metric}.avg`, `${metric}.max`]),
  ];
  const rows = (series[0]?.points ?? []).map(([t], index) => [
    String(t),
    new Date(t).toISOString(),
    ...series.flatMap(({ points }) => {
      const [, min = null, avg = null, max = null] = points[index] ?? [];
      return [min, avg, max].map((value) => (value === null ? '' : String(value)));
    }),
  ]);
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
