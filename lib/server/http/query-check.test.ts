import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkQuery, parametersOf } from './query-check';

/** Every address that the product has, with something in the place of what is variable. */
const addresses = readdirSync('app/api', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('route.ts') && !path.includes('[...'))
  .map((path) => `/${join('api', path, '..')}`.replaceAll(/\[\w+\]/g, 'a1'));

/** Those that let be what others add: an EventSource takes a 400 for final, and a sensor's are its body's. */
const tolerant = ['/api/events', '/api/events/recent', '/api/health', '/api/sensors/a1'];

test('there are addresses to check', () => {
  expect(addresses).toContain('/api/alerts/a1/acknowledge');
  expect(addresses).toContain('/api/history/export.html');
  for (const one of tolerant) expect(addresses).toContain(one);
});

test.each(addresses.filter((one) => !tolerant.includes(one)))(
  '%s refuses a parameter that it does not have',
  (path) => {
    expect(checkQuery(path)).toBeNull();
    expect(checkQuery(`${path}?`)).toBeNull();
    expect(checkQuery(`${path}?nothing=1&nothing=2&%E0`)).toMatchObject({
      code: 'bad-query',
      errors: [{ path: 'nothing' }, { path: expect.anything() }],
    });
    for (const name of parametersOf(path) ?? []) expect(checkQuery(`${path}?${name}=x`)).toBeNull();
  },
);

test.each(tolerant)('%s lets other parameters be', (path) => {
  expect(checkQuery(`${path}?nothing=1`)).toBeNull();
});

test('a refusal lists what there is, and is bounded', () => {
  expect(checkQuery('/api/alerts?from=-1h&state=firing')?.errors).toEqual([
    { path: 'from', message: 'is none of state, limit, offset' },
  ]);
  expect(checkQuery('/api/%61lerts?from=-1h')).not.toBeNull();
  expect(checkQuery('/api/alerts/rules?limit=3')?.detail).toContain('there are no parameters here');
  const many = Array.from({ length: 500 }, (_, index) => `${'n'.repeat(100)}${index}=1`).join('&');
  expect(checkQuery(`/api/alerts?${many}`)?.errors).toHaveLength(10);
});

test('an address that there is not, and a page, are for others to answer', () => {
  expect(checkQuery('/api/nothing?x=1')).toBeNull();
  expect(checkQuery('/api/alerts/a/b/c?x=1')).toBeNull();
  expect(checkQuery('/alerts?x=1')).toBeNull();
});
