import { afterEach, expect, test, vi } from 'vitest';
import { request } from './http';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const busy = () =>
  Response.json(
    { type: '/problems/busy', title: 'x', status: 503, detail: 'x' },
    { status: 503, headers: { 'Retry-After': '2' } },
  );

/** Answers in this order, the last one again and again. */
function answering(...answers: (() => Response)[]) {
  const asked = vi.fn(async () => (answers.length > 1 ? answers.shift() : answers[0])?.());
  vi.stubGlobal('fetch', asked);
  vi.useFakeTimers();
  return asked;
}

test('a request to a busy server is retried after its Retry-After, without an error', async () => {
  const asked = answering(busy, busy, () => Response.json({ items: [1] }));
  const answer = request('/api/history');
  await vi.advanceTimersByTimeAsync(1_900);
  expect(asked).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await answer).toEqual({ ok: true, value: { items: [1] } });
  expect(asked).toHaveBeenCalledTimes(3);
});

test('one that stays busy is given up at last, and so it is when the reader has left', async () => {
  const asked = answering(busy);
  const answer = request('/api/history');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await answer).toMatchObject({ ok: false, status: 503 });
  expect(asked).toHaveBeenCalledTimes(8);
  const leaves = new AbortController();
  const second = request('/api/history', { signal: leaves.signal });
  await vi.advanceTimersByTimeAsync(1_000);
  leaves.abort();
  expect(await second).toMatchObject({ ok: false });
  expect(asked).toHaveBeenCalledTimes(9);
});

test('what cannot be kept is not sent again: it might be done twice', async () => {
  const asked = answering(() =>
    Response.json(
      { type: '/problems/log-unavailable', detail: 'x' },
      { status: 503, headers: { 'Retry-After': '5' } },
    ),
  );
  const answer = request('/api/alerts/rules', { method: 'POST', body: {} });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await answer).toMatchObject({ ok: false, status: 503, detail: 'x' });
  expect(asked).toHaveBeenCalledTimes(1);
});
