import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LoggedAlert } from '@/lib/protocol/notifications';
import { afterChange, type Mute, type NotifiedState } from './notifiable';
import { testAlert } from './test-alert';

const nothing: NotifiedState = { notified: [], muted: [] };
const alert = (state: LoggedAlert['state'], alertId = 'a'): LoggedAlert => ({
  ...testAlert('atlas', 0),
  alertId,
  state,
});

/** What people hear of a run of changes to one alert. */
function heard(changes: readonly (readonly [LoggedAlert['state'], Mute])[]): string[] {
  let told = nothing;
  return changes.flatMap(([state, mute]) => {
    const { isNews, after } = afterChange(told, alert(state), mute);
    told = after;
    return isNews ? [state] : [];
  });
}

test('what pended and went away was never news', () => {
  expect(
    heard([
      ['pending', null],
      ['resolved', null],
    ]),
  ).toEqual([]);
});

test('an end is news where the firing was', () => {
  expect(
    heard([
      ['pending', null],
      ['firing', null],
      ['resolved', null],
    ]),
  ).toEqual(['firing', 'resolved']);
});

test('of what was silenced or seen before it fired nothing is said, its end neither', () => {
  expect(
    heard([
      ['firing', 'silenced'],
      ['resolved', null],
    ]),
  ).toEqual([]);
  expect(
    heard([
      ['pending', null],
      ['firing', 'acknowledged'],
      ['resolved', 'acknowledged'],
    ]),
  ).toEqual([]);
});

test('whoever acknowledged what they were told of hears of its end; whoever silenced it does not', () => {
  expect(
    heard([
      ['firing', null],
      ['resolved', 'acknowledged'],
    ]),
  ).toEqual(['firing', 'resolved']);
  expect(
    heard([
      ['firing', null],
      ['resolved', 'silenced'],
    ]),
  ).toEqual(['firing']);
});

test('nobody hears of an end without a beginning, and nothing is kept for ever', () => {
  const change = fc.record({
    alertId: fc.constantFrom('a', 'b', 'c'),
    state: fc.constantFrom('pending', 'firing', 'resolved'),
    mute: fc.constantFrom('acknowledged', 'silenced', null),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      let told = nothing;
      const open = new Set<string>();
      for (const { alertId, state, mute } of changes) {
        const { isNews, after } = afterChange(told, alert(state, alertId), mute);
        told = after;
        if (isNews && state === 'resolved') expect(open.has(alertId)).toBe(true);
        if (isNews && state === 'firing') open.add(alertId);
        if (state === 'resolved') open.delete(alertId);
        expect(new Set(told.notified).size).toBe(told.notified.length);
      }
      for (const alertId of ['a', 'b', 'c']) told = afterChange(told, alert('resolved', alertId), null).after;
      expect(told).toEqual(nothing);
    }),
  );
  let told = nothing;
  for (let count = 0; count < 3_000; count += 1)
    told = afterChange(told, alert('firing', String(count)), count % 2 ? 'silenced' : null).after;
  expect(told.notified.length).toBeLessThanOrEqual(1_000);
  expect(told.muted.length).toBeLessThanOrEqual(1_000);
});
