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

/** The changes of one alert that are notified. */
function notified(changes: readonly (readonly [LoggedAlert['state'], Mute])[]): string[] {
  let sent = nothing;
  return changes.flatMap(([state, mute]) => {
    const { isNotifiable, after } = afterChange(sent, alert(state), mute);
    sent = after;
    return isNotifiable ? [state] : [];
  });
}

test('an alert that was only pending is not notified', () => {
  expect(
    notified([
      ['pending', null],
      ['resolved', null],
    ]),
  ).toEqual([]);
});

test('an end is notified when the firing was', () => {
  expect(
    notified([
      ['pending', null],
      ['firing', null],
      ['resolved', null],
    ]),
  ).toEqual(['firing', 'resolved']);
});

test('an alert silenced or acknowledged before it fires is not notified, nor is its end', () => {
  expect(
    notified([
      ['firing', 'silenced'],
      ['resolved', null],
    ]),
  ).toEqual([]);
  expect(
    notified([
      ['pending', null],
      ['firing', 'acknowledged'],
      ['resolved', 'acknowledged'],
    ]),
  ).toEqual([]);
});

test('the end of a notified alert is sent when it is acknowledged, not when it is silenced', () => {
  expect(
    notified([
      ['firing', null],
      ['resolved', 'acknowledged'],
    ]),
  ).toEqual(['firing', 'resolved']);
  expect(
    notified([
      ['firing', null],
      ['resolved', 'silenced'],
    ]),
  ).toEqual(['firing']);
});

test('no end is notified without its firing, and the state is bounded', () => {
  const change = fc.record({
    alertId: fc.constantFrom('a', 'b', 'c'),
    state: fc.constantFrom('pending', 'firing', 'resolved'),
    mute: fc.constantFrom('acknowledged', 'silenced', null),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      let sent = nothing;
      const open = new Set<string>();
      for (const { alertId, state, mute } of changes) {
        const { isNotifiable, after } = afterChange(sent, alert(state, alertId), mute);
        sent = after;
        if (isNotifiable && state === 'resolved') expect(open.has(alertId)).toBe(true);
        if (isNotifiable && state === 'firing') open.add(alertId);
        if (state === 'resolved') open.delete(alertId);
        expect(new Set(sent.notified).size).toBe(sent.notified.length);
      }
      for (const alertId of ['a', 'b', 'c']) sent = afterChange(sent, alert('resolved', alertId), null).after;
      expect(sent).toEqual(nothing);
    }),
  );
  let sent = nothing;
  for (let count = 0; count < 3_000; count += 1)
    sent = afterChange(sent, alert('firing', String(count)), count % 2 ? 'silenced' : null).after;
  expect(sent.notified.length).toBeLessThanOrEqual(1_000);
  expect(sent.muted.length).toBeLessThanOrEqual(1_000);
});
