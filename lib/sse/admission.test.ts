import { expect, test } from 'vitest';
import { openAdmission, type Place } from './admission';

const limits = { maxStreams: 4, maxStreamsPerAddress: 2, exempt: [] };

function release(place: Place): void {
  if (!place.ok) throw new Error('was refused');
  place.release();
}

test('one address has so many places and no more, and gets one back', () => {
  const admission = openAdmission(limits);
  const first = admission.take('192.0.2.1');
  expect(first.ok && admission.take('192.0.2.1').ok).toBe(true);
  expect(admission.take('192.0.2.1')).toMatchObject({
    ok: false,
    problem: {
      code: 'too-many-streams',
      detail: expect.stringContaining('192.0.2.1'),
      retryAfterSeconds: 30,
    },
  });
  expect(admission.take('192.0.2.2').ok).toBe(true);
  release(first);
  expect(admission.take('192.0.2.1').ok).toBe(true);
});

test('a place is given back once, however often', () => {
  const admission = openAdmission({ ...limits, maxStreams: 1 });
  const place = admission.take('192.0.2.1');
  release(place);
  release(place);
  expect(admission.take(null).ok).toBe(true);
  expect(admission.take(null).ok).toBe(false);
});

test('this machine, exempt networks and the unknown count towards all, not by address', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '10.1.2.3', '2001:db8::7', null]) {
    const admission = openAdmission({ ...limits, exempt: ['10.0.0.0/8', '2001:db8::7'] });
    const places = Array.from({ length: 5 }, () => admission.take(address).ok);
    expect([address, places]).toEqual([address, [true, true, true, true, false]]);
  }
});

test('clients of a proxy on this machine are counted, by the names that it gives', () => {
  const behind = openAdmission({ ...limits, maxStreams: 20 });
  const count = (address: string, isForwarded?: boolean) =>
    Array.from({ length: 5 }, () => behind.take(address, isForwarded)).filter(({ ok }) => ok).length;
  expect([count('198.51.100.1', true), count('127.0.0.1', true), count('127.0.0.1')]).toEqual([2, 2, 5]);
  const named = openAdmission({ ...limits, exempt: ['127.0.0.1', '10.0.0.0/8'], maxStreams: 20 });
  const taken = (address: string, isForwarded?: boolean) =>
    Array.from({ length: 5 }, () => named.take(address, isForwarded)).filter(({ ok }) => ok).length;
  expect([taken('127.0.0.1'), taken('::1'), taken('10.0.0.1'), taken('10.0.0.2', true)]).toEqual([
    2, 5, 5, 2,
  ]);
});
