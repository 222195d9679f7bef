import { expect, test } from 'vitest';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { parseLogRequest } from './log';

const log = { id: 'abc', headSeq: 0 } as EventLog;
const now = Date.UTC(2026, 10, 23, 12);

test.each(['from', 'to'])('seconds, microseconds and days that are not are refused in %s', (name) => {
  for (const text of [`${now / 1000}`, `${now * 1000}`, `${now * 1e6}`, '2026-02-30T00:00:00Z']) {
    const parsed = parseLogRequest(log, new URLSearchParams({ [name]: text }), now);
    expect(parsed).toMatchObject({ problem: { code: 'bad-query', errors: [{ path: name }] } });
  }
});

test('from 0 is all that is kept', () => {
  expect(parseLogRequest(log, new URLSearchParams('from=0'), now)).toMatchObject({ value: { from: 0 } });
});
