import { expect, test } from 'vitest';
import { reportOnce } from './reports';

test('a line of several databases is printed once, and again when it recurs', () => {
  const lines: string[] = [];
  const report = reportOnce((line) => lines.push(line));
  const refused = '/data: it belongs to another user (uid 1234), which is refused';
  for (const path of ['/data/log.db', '/data/history.db', '/data/alerts.db']) report(refused, path);
  expect(lines).toEqual([refused]);
  for (const path of ['/data/log.db', '/data/history.db', '/data/alerts.db'])
    report(`${path}: it can be used again`, path);
  expect(lines).toHaveLength(4);
  report(refused, '/data/history.db');
  report(refused, '/data/log.db');
  expect(lines.slice(4)).toEqual([refused]);
});
