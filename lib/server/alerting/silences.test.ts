import { Cron } from 'croner';
import { expect, test, vi } from 'vitest';
import type { Silence } from '@/lib/protocol/alerting';
import { activeUntil, nextStart, readSilence, silencedUntil } from './silences';

const alert = { ruleId: 'busy', metric: 'cpu.totalPercent', severity: 'warning', host: 'atlas' } as const;
const comment = '';
const at = (text: string) => new Date(text).getTime();

test('a one-time silence is active from its start to before its end', () => {
  const silence: Silence = { id: 's', matcher: {}, comment, from: 100, to: 200 };
  expect([99, 100, 199, 200].map((now) => activeUntil(silence, now))).toEqual([null, 200, 200, null]);
});

test('a recurring silence is active for its duration from each run on, by local time', () => {
  const silence: Silence = { id: 's', matcher: {}, comment, cron: '0 3 * * *', durationSeconds: 3600 };
  const until = at('2026-11-23T04:00:00');
  expect(activeUntil(silence, at('2026-11-23T02:59:59'))).toBeNull();
  expect(activeUntil(silence, at('2026-11-23T03:00:00'))).toBe(until);
  expect(activeUntil(silence, at('2026-11-23T03:59:59'))).toBe(until);
  expect(activeUntil(silence, until)).toBeNull();
});

test('overlapping runs are one silence, within the bound', () => {
  const silence: Silence = { id: 's', matcher: {}, comment, cron: '0 * * * *', durationSeconds: 5400 };
  const now = at('2026-11-23T10:30:00');
  expect(activeUntil(silence, now)).toBeGreaterThan(now + 50 * 3_600_000);
});

test.each([
  [{}, true],
  [{ ruleId: 'busy' }, true],
  [{ ruleId: 'other' }, false],
  [{ metric: 'cpu.*' }, true],
  [{ metric: 'memory.*' }, false],
  [{ severity: 'warning', host: 'atlas' }, true],
  [{ severity: 'warning', host: 'boreas' }, false],
  [{ severity: 'critical' }, false],
] as const)('%j', (matcher, matches) => {
  const silence: Silence = { id: 's', matcher, comment, from: 100, to: 200 };
  expect(silencedUntil([silence], alert, 150)).toBe(matches ? 200 : null);
});

const now = 1_795_392_000_000;

test('the silence that lasts longest counts', () => {
  const once = (to: number): Silence => ({ id: 's', matcher: {}, comment, from: 100, to });
  expect(silencedUntil([once(200), once(300), once(250)], alert, 150)).toBe(300);
});

test.each([
  [{ matcher: {}, to: now - 50 }, 'to'],
  [{ matcher: {}, to: 1_795_392_100 }, 'to'],
  [{ matcher: {}, from: 1_795_392_000, to: now + 100 }, 'from'],
  [{ matcher: {}, from: now * 1e3, to: now * 1e3 + 1 }, 'from'],
  [{ matcher: { rule: 'x' }, to: now + 100 }, 'matcher'],
  [{ to: now + 100 }, 'matcher'],
  [{ matcher: {}, cron: 'nonsense', durationSeconds: 60 }, 'cron'],
  [{ matcher: {}, cron: '0 0 30 2 *', durationSeconds: 60 }, 'cron'],
  [{ matcher: {}, cron: '0 3 * * *' }, 'durationSeconds'],
  [null, 'matcher'],
])('%j is refused at %s', (body, path) => {
  const read = readSilence(body, 'id', now);
  expect(read.ok ? [] : (read.problem.errors ?? []).map((error) => error.path)).toContain(path);
});

test('a silence without a start begins now', () => {
  expect(readSilence({ matcher: {}, to: now + 100 }, 'id', now)).toMatchObject({
    ok: true,
    value: { id: 'id', from: now, to: now + 100, comment: '' },
  });
});

test('a cron expression is evaluated at each change of its silence, not for each alert, and the work of a turn is bounded', async () => {
  const [forth, back] = [vi.spyOn(Cron.prototype, 'nextRun'), vi.spyOn(Cron.prototype, 'previousRuns')];
  const evaluations = () => forth.mock.calls.length + back.mock.calls.length;
  const of = (index: number, cron: string, durationSeconds: number): Silence => ({
    id: `s${index}`,
    matcher: {},
    comment,
    cron,
    durationSeconds,
  });
  const silences = Array.from({ length: 500 }, (_, index) =>
    index % 2 === 0 ? of(index, '0 3 * * *', 3600) : of(index, '* * * * *', 90),
  );
  const now = at('2026-11-23T02:00:30');
  expect(silencedUntil(silences, alert, now)).toBeGreaterThan(now);
  const first = evaluations();
  expect(first).toBeLessThanOrEqual(2 * 500 + 500);
  for (let count = 0; count < 1_000; count += 1) silencedUntil(silences, alert, now + count);
  expect(evaluations()).toBe(first);
  await new Promise(setImmediate);
  expect(silencedUntil(silences, alert, at('2026-11-23T03:00:00'))).toBeGreaterThan(
    at('2026-11-23T03:59:00'),
  );
  expect(evaluations() - first).toBeLessThanOrEqual(2 * 500 + 500);
  vi.restoreAllMocks();
});

test('the cached state of a silence is right around each run, also when the clock is set back', () => {
  const silence: Silence = { id: 's', matcher: {}, comment, cron: '0 3 * * *', durationSeconds: 3600 };
  const [before, within, after] = ['02:00', '03:30', '05:00'].map((time) => at(`2026-11-23T${time}:00`));
  const [end, next] = [at('2026-11-23T04:00:00'), at('2026-11-24T03:00:00')];
  for (const [now = 0, until, start] of [
    [before, null, at('2026-11-23T03:00:00')],
    [within, end, next],
    [after, null, next],
    [within, end, next],
    [before, null, at('2026-11-23T03:00:00')],
    [at('2027-07-01T03:30:00'), at('2027-07-01T04:00:00'), at('2027-07-02T03:00:00')],
  ] as const) {
    expect(activeUntil(silence, now)).toBe(until);
    expect(nextStart(silence, now)).toBe(start);
  }
});
