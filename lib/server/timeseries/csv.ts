import type { Work } from '@/lib/server/concurrency/turns';
import type { HistorySeries } from './history';

/** Text that every reader of CSV takes as one cell. */
const plain = /^[A-Za-z0-9][A-Za-z0-9_.:/-]*$/;
/**
 * Where a spreadsheet would begin a formula: at the start of a cell, and after what separates cells in some locale or ends
 * a quoted one. The wide forms count as well (OWASP, CSV injection).
 */
const formula = /(?<=^|[\t\r\n;,|"])(?=[=+\-@\t\r＝＋－＠])/g;

/** Text as a cell: quoted unless it is plain, with an apostrophe before what a spreadsheet would calculate. */
function textCell(text: string): string {
  if (plain.test(text)) return text;
  return `"${text.replace(formula, "'").replaceAll('"', '""')}"`;
}

/** Series of the same steps as CSV (RFC 4180): a row per step, three columns per metric, an empty cell for a missing value. */
export function* csvOf(series: readonly HistorySeries[]): Work<string> {
  const head = [
    't',
    'time',
    ...series.flatMap(({ metric }) => ['min', 'avg', 'max'].map((of) => textCell(`${metric}.${of}`))),
  ];
  const lines = [head.join(',')];
  for (const [index, [t]] of (series[0]?.points ?? []).entries()) {
    const cells = series.flatMap(({ points }) => {
      const [, min = null, avg = null, max = null] = points[index] ?? [];
      return [min, avg, max].map((value) => (value === null ? '' : String(value)));
    });
    lines.push([String(t), new Date(t).toISOString(), ...cells].join(','));
    yield;
  }
  return `${lines.join('\r\n')}\r\n`;
}
