import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runToEnd } from '@/lib/server/concurrency/turns';
import { csvOf } from './csv';

const headOf = (metric: string) =>
  runToEnd(csvOf([{ metric, unit: '', stepMs: 1_000, points: [[1_795_392_000_000, -1, 2, 3]] }])).split(
    '\r\n',
  )[0] ?? '';

test('a plain name is not quoted, and a negative number stays a number', () => {
  const text = runToEnd(
    csvOf([{ metric: 'cpu.load1', unit: '', stepMs: 1_000, points: [[0, -1, 2, null]] }]),
  );
  expect(text).toBe(
    't,time,cpu.load1.min,cpu.load1.avg,cpu.load1.max\r\n0,1970-01-01T00:00:00.000Z,-1,2,\r\n',
  );
});

test.each([
  ['=1+1', `"'=1+1.min"`],
  ['+1', `"'+1.min"`],
  ['-1', `"'-1.min"`],
  ['@SUM(A1)', `"'@SUM(A1).min"`],
  ['＝1', `"'＝1.min"`],
  ['\t=1', `"'\t'=1.min"`],
  ['sensor.a;=1+1', `"sensor.a;'=1+1.min"`],
  ['sensor.a",=1', `"sensor.a"",'=1.min"`],
  ['sensor.a"=1', `"sensor.a""'=1.min"`],
  ['sensor.a|-1', `"sensor.a|'-1.min"`],
  ['filesystem./mnt/two words', '"filesystem./mnt/two words.min"'],
  ['sensor.室温', '"sensor.室温.min"'],
])('%j becomes %s', (metric, cell) => {
  const head = headOf(metric);
  expect(head.slice('t,time,'.length, 't,time,'.length + cell.length + 1)).toBe(`${cell},`);
});

/** RFC 4180, one line. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}

test('any name of a metric is one cell, and no part of it is a formula', () => {
  const part = fc.constantFrom('=', '+', '-', '@', '"', ';', ',', '|', '\t', ' ', 'a', '1', '室', "'", '.');
  fc.assert(
    fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      const cells = cellsOf(headOf(parts.join('')));
      expect(cells).toHaveLength(5);
      for (const cell of cells) {
        for (const piece of cell.split(/[;,|"\t]/)) expect(piece).not.toMatch(/^[=+\-@]/);
      }
    }),
  );
});
