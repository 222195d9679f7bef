import { expect, test } from 'vitest';
import type { Result } from '@/lib/protocol/result';
import { sharedAddresses } from '@/lib/server/auth/client-address';
import { openAdmission, type Release } from './admission';

const limits = { maxStreams: 4, maxStreamsPerAddress: 2, isExempt: sharedAddresses([]) };

function release(place: Result<Release>): void {
  if (!place.ok) throw new Error('was refused');
  place.value();
}

test('one address has a bounded number of streams, and gets a new one when one ends', () => {
  const admission = openAdmission(limits);
  const first = admission.admit('192.0.2.1', 'all');
  expect(first.ok && admission.admit('192.0.2.1', 'all').ok).toBe(true);
  expect(admission.admit('192.0.2.1', 'all')).toMatchObject({
    ok: false,
    problem: {
      code: 'too-many-streams',
      detail: expect.stringContaining('192.0.2.1'),
      retryAfterSeconds: 30,
    },
  });
  expect(admission.admit('192.0.2.2', 'all').ok).toBe(true);
  release(first);
  expect(admission.admit('192.0.2.1', 'all').ok).toBe(true);
});

test('an admission ends once, however often it is released', () => {
  const admission = openAdmission({ ...limits, maxStreams: 1 });
  const place = admission.admit('192.0.2.1', 'all');
  release(place);
  release(place);
  expect(admission.admit(null, 'all').ok).toBe(true);
  expect(admission.admit(null, 'all').ok).toBe(false);
});

test('this machine, exempt networks and unknown addresses count towards all streams, not by address', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '10.1.2.3', '2001:db8::7', null]) {
    const admission = openAdmission({ ...limits, isExempt: sharedAddresses(['10.0.0.0/8', '2001:db8::7']) });
    const places = Array.from({ length: 5 }, () => admission.admit(address, 'all').ok);
    expect([address, places]).toEqual([address, [true, true, true, true, false]]);
  }
});

test('clients of a proxy on this machine are counted, by the names that it gives', () => {
  const behind = openAdmission({ ...limits, maxStreams: 20 });
  const count = (address: string, isForwarded?: boolean) =>
    Array.from({ length: 5 }, () => behind.admit(address, 'all', isForwarded)).filter(({ ok }) => ok).length;
  expect([count('198.51.100.1', true), count('127.0.0.1', true), count('127.0.0.1')]).toEqual([2, 2, 5]);
  const named = openAdmission({
    ...limits,
    isExempt: sharedAddresses(['127.0.0.1', '10.0.0.0/8']),
    maxStreams: 20,
  });
  const taken = (address: string, isForwarded?: boolean) =>
    Array.from({ length: 5 }, () => named.admit(address, 'all', isForwarded)).filter(({ ok }) => ok).length;
  expect([taken('127.0.0.1'), taken('::1'), taken('10.0.0.1'), taken('10.0.0.2', true)]).toEqual([
    2, 5, 5, 2,
  ]);
});

const one = { maxStreams: 1_000, maxStreamsPerAddress: 1_000, isExempt: sharedAddresses(['10.0.0.0/8']) };
const maxFilters = { perAddress: 2, perExemptAddress: 3, inAll: 5 };

test('one address has a bounded number of different filters, however many streams of each', () => {
  const admission = openAdmission({ ...one, maxFilters });
  const first = admission.admit('192.0.2.1', 'cpu');
  for (const filter of ['memory', 'cpu', 'memory'])
    expect(admission.admit('192.0.2.1', filter).ok).toBe(true);
  expect(admission.admit('192.0.2.1', 'disk')).toMatchObject({
    ok: false,
    problem: {
      code: 'too-many-filters',
      detail: expect.stringContaining('192.0.2.1'),
      retryAfterSeconds: 30,
    },
  });
  release(first);
  expect(admission.admit('192.0.2.1', 'disk').ok).toBe(false);
  expect(admission.admit('192.0.2.2', 'disk').ok).toBe(true);
});

test('a filter is free again when its last stream has ended', () => {
  const admission = openAdmission({ ...one, maxFilters });
  const places = ['cpu', 'cpu', 'memory'].map((filter) => admission.admit('192.0.2.1', filter));
  for (const place of places.slice(0, 2)) release(place);
  expect(admission.admit('192.0.2.1', 'disk').ok).toBe(true);
});

test.each(['127.0.0.1', '10.1.2.3', null])(
  '%s may have many clients, but a bounded number of filters',
  (address) => {
    const admission = openAdmission({ ...one, maxFilters });
    const taken = ['a', 'b', 'c', 'd'].map((filter) => admission.admit(address, filter).ok);
    expect(taken).toEqual([true, true, true, false]);
  },
);

test('all clients together have a bounded number of filters; any client may use an open one', () => {
  const admission = openAdmission({ ...one, maxFilters });
  for (const [index, filter] of ['a', 'b', 'c', 'd', 'e'].entries())
    expect(admission.admit(`192.0.2.${index}`, filter).ok).toBe(true);
  expect(admission.admit('192.0.2.9', 'f')).toMatchObject({
    ok: false,
    problem: { code: 'too-many-filters' },
  });
  expect(admission.admit('192.0.2.9', 'a').ok).toBe(true);
});

test('the default bounds admit a browser full of panels, and not a script with hundreds of filters', () => {
  const admission = openAdmission(one);
  const taken = Array.from({ length: 200 }, (_, index) => admission.admit('192.0.2.1', `${index}`).ok);
  expect(taken.filter(Boolean)).toHaveLength(32);
});
