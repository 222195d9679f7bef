import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Frame } from './frame';
import { createProgress } from './page-position';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function begin() {
  const seen: string[] = [];
  const progress = createProgress(([type, , id]) => seen.push(`${type} ${id}`.trim()));
  const take = (type: string, id = '') => progress.take([type, '{}', id, 0] satisfies Frame);
  return { seen, progress, take };
}

test('what a page has had it is not given again, each type by itself', () => {
  const { seen, progress, take } = begin();
  take('cpu', 'a-5');
  take('memory', 'a-3');
  take('cpu', 'a-5');
  take('cpu', 'a-4');
  take('memory', 'a-4');
  expect(seen).toEqual(['cpu a-5', 'memory a-3', 'memory a-4']);
  expect(progress.lastEventId).toBe('a-5');
});

test('heartbeats pass, and move the position on', () => {
  const { seen, progress, take } = begin();
  take('cpu', 'a-5');
  take('heartbeat', 'a-5');
  take('heartbeat', 'a-9');
  expect(seen).toHaveLength(3);
  expect(progress.lastEventId).toBe('a-9');
});

test('another log is a gap, once', () => {
  const { seen, take } = begin();
  take('cpu', 'a-5');
  take('memory', 'a-6');
  for (const type of ['cpu', 'memory']) take(type, 'b-1');
  expect(seen.slice(2)).toEqual(['gap', 'cpu b-1', 'memory b-1']);
});

test('a pause is a gap when it was longer than the live span', () => {
  const { seen, progress, take } = begin();
  progress.resume();
  take('cpu', 'a-5');
  vi.advanceTimersByTime(299_000);
  progress.resume();
  expect(seen).toEqual(['cpu a-5']);
  vi.advanceTimersByTime(2_000);
  progress.resume();
  expect(seen).toEqual(['cpu a-5', 'gap']);
});
