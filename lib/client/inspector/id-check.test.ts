import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIdCheck, type ReceivedId } from './id-check';

const event = (seq: number, log = 'a'): ReceivedId => ({ type: 'cpu', id: `${log}-${seq}`, payload: null });
const beat = (seq: number): ReceivedId => ({ type: 'heartbeat', id: `a-${seq}`, payload: null });
const gap = (from: number, to: number, log = 'a'): ReceivedId => ({
  type: 'gap',
  id: null,
  payload: { fromId: `a-${from}`, toId: `${log}-${to}`, missed: null, reason: 'expired' },
});

function results(received: readonly ReceivedId[], isFiltered = false) {
  const check = createIdCheck();
  return received.map((one) => {
    const result = check.check(one, isFiltered);
    return 'missed' in result ? `${result.kind} ${result.missed}` : result.kind;
  });
}

test.each([
  [
    [event(5), event(6), event(7)],
    ['first', 'next', 'next'],
  ],
  [
    [event(5), event(9)],
    ['first', 'unannounced 3'],
  ],
  [
    [event(5), event(5), event(4), event(6)],
    ['first', 'back', 'back', 'next'],
  ],
  [
    [event(5), gap(5, 8), event(9)],
    ['first', 'none', 'announced 3'],
  ],
  [
    [event(5), gap(5, 8), event(7), event(9)],
    ['first', 'none', 'announced 1', 'announced 1'],
  ],
  [
    [event(5), gap(5, 8), event(11)],
    ['first', 'none', 'unannounced 2'],
  ],
  [
    [event(5), event(6, 'b')],
    ['first', 'unannounced 0'],
  ],
  [
    [event(5), gap(5, 8, 'b'), event(9, 'b')],
    ['first', 'none', 'next'],
  ],
  [
    [event(900), gap(900, 8), event(9)],
    ['first', 'none', 'next'],
  ],
  [
    [event(5), beat(5), event(6)],
    ['first', 'position', 'next'],
  ],
  [
    [event(5), beat(7)],
    ['first', 'unannounced 2'],
  ],
  [
    [
      { type: 'hello', id: null, payload: null },
      { type: 'x', id: 'no id of ours', payload: null },
    ],
    ['none', 'none'],
  ],
])('%j is %j', (received, expected) => {
  expect(results(received)).toEqual(expected);
});

test('on a filtered stream, ids may skip what is filtered out, and may never fall', () => {
  const received = [event(5), event(9), beat(30), event(31), event(31)];
  expect(results(received, true)).toEqual(['first', 'filtered 3', 'position', 'next', 'back']);
});

test('every event that is missing without a gap is found', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 2, max: 59 })), (left) => {
      const received = Array.from({ length: 60 }, (_, index) => event(index + 1)).filter(
        (_, index) => !left.includes(index + 1),
      );
      const check = createIdCheck();
      let missed = 0;
      for (const one of received) {
        const result = check.check(one, false);
        if (result.kind === 'unannounced') missed += result.missed;
      }
      expect(missed).toBe(left.length);
      expect(check.faults > 0).toBe(left.length > 0);
    }),
  );
});
