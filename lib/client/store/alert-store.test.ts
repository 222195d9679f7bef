import { expect, test } from 'vitest';
import type { Alert } from '@/lib/protocol/alerting';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { createAlertStore } from './alert-store';

function event(alertId: string, state: SystemAlert['state'], t: number): SystemAlert {
  return {
    t,
    host: 'atlas',
    alertId,
    ruleId: 'busy',
    name: 'Busy',
    kind: 'rule',
    severity: 'warning',
    state,
    metric: 'cpu.totalPercent',
    value: 95,
    threshold: 90,
    since: 1,
    message: '',
    condition: null,
    culprits: [],
  };
}

function alert(alertId: string, state: Alert['state'], changedAt: number, rest: Partial<Alert> = {}): Alert {
  const { t: _t, kind: _kind, ...told } = event(alertId, state, changedAt);
  return {
    ...told,
    ruleId: 'busy',
    metric: 'cpu.totalPercent',
    changedAt,
    acknowledgedAt: null,
    silencedUntil: null,
    ...rest,
  };
}

const seen = (book: ReturnType<typeof createAlertStore>) =>
  book.all.map(({ alertId, state }) => `${alertId} ${state}`);

test('an alert follows the events of the feed, and replayed ones change nothing', () => {
  const book = createAlertStore([]);
  expect(book.apply(event('a', 'pending', 10))).toBe(true);
  expect(book.apply(event('a', 'firing', 20))).toBe(true);
  expect(book.apply(event('a', 'pending', 10))).toBe(false);
  expect(book.apply(event('a', 'firing', 20))).toBe(false);
  expect(seen(book)).toEqual(['a firing']);
  expect(book.apply(event('a', 'resolved', 20))).toBe(true);
  expect(seen(book)).toEqual(['a resolved']);
});

test('what people did to an alert outlives its next change', () => {
  const book = createAlertStore([alert('a', 'pending', 10, { acknowledgedAt: 11, silencedUntil: 99 })]);
  book.apply(event('a', 'firing', 20));
  expect(book.all[0]).toMatchObject({ state: 'firing', acknowledgedAt: 11, silencedUntil: 99 });
});

test('an answer takes what it knows, and leaves what is younger than the question', () => {
  const book = createAlertStore([alert('gone', 'firing', 5), alert('a', 'pending', 10)]);
  const askedAt = book.revision;
  book.apply(event('a', 'firing', 20));
  book.apply(event('new', 'firing', 21));
  book.replaceActive([alert('a', 'pending', 10, { value: 91 }), alert('b', 'firing', 12)], askedAt);
  expect(seen(book)).toEqual(['new firing', 'a firing', 'b firing']);
  book.replaceActive([alert('a', 'firing', 20, { acknowledgedAt: 30 })], book.revision);
  expect(seen(book)).toEqual(['a firing']);
  expect(book.all[0]?.acknowledgedAt).toBe(30);
});

test('what ended stays, bounded', () => {
  const book = createAlertStore([]);
  for (let index = 0; index < 300; index += 1) book.apply(event(`a${index}`, 'resolved', index));
  book.apply(event('on', 'firing', 0));
  book.replaceActive([alert('on', 'firing', 0)], book.revision);
  expect(book.all.filter(({ state }) => state === 'resolved')).toHaveLength(200);
  expect(book.all[0]?.alertId).toBe('a299');
  expect(seen(book)).toContain('on firing');
});

test('what no rule made is no alert of the book', () => {
  const book = createAlertStore([]);
  expect(book.apply({ ...event('a', 'firing', 1), kind: 'published', ruleId: null })).toBe(false);
  expect(book.all).toEqual([]);
});

test('each change notifies once, and returns another list', () => {
  const book = createAlertStore([]);
  const lists: unknown[] = [book.all];
  const stop = book.subscribe(() => lists.push(book.all));
  book.apply(event('a', 'firing', 1));
  book.apply(event('a', 'firing', 1));
  stop();
  book.apply(event('a', 'resolved', 2));
  expect(lists).toHaveLength(2);
  expect(lists[1]).not.toBe(lists[0]);
});
