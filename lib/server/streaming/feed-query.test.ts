import { expect, test } from 'vitest';
import { isLoggedType } from '@/lib/protocol/event-types';
import { parseFeedQuery } from './feed-query';

const parse = (query: string, header: string | null = null) =>
  parseFeedQuery(new URLSearchParams(query), header, (type) => isLoggedType(type) || type === 'deploy');

function request(query: string, header: string | null = null) {
  const result = parse(query, header);
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

test('the default is everything', () => {
  expect(request('')).toEqual({ types: null, hosts: null, windowSeconds: 0, lastEventId: '' });
});

test('parses each parameter', () => {
  const read = request('types=cpu,memory&hosts=a,b&window=300&lastEventId=x-1&token=t');
  expect([...(read.types ?? [])]).toEqual(['cpu', 'memory']);
  expect([...(read.hosts ?? [])]).toEqual(['a', 'b']);
  expect(read).toMatchObject({ windowSeconds: 300, lastEventId: 'x-1' });
});

test('a parameter given twice is one list', () => {
  expect([...(request('types=cpu&types=memory').types ?? [])]).toEqual(['cpu', 'memory']);
});

test('a custom type is known once an event of it was published', () => {
  expect([...(request('types=deploy,user-login').types ?? [])]).toEqual(['deploy', 'user-login']);
});

test('a position of any length is accepted: an EventSource would give up after a refusal', () => {
  expect(request(`lastEventId=${'x'.repeat(5000)}`).lastEventId).toBe('x'.repeat(64));
});

test('the header wins over the query', () => {
  expect(request('lastEventId=a-1', 'b-2').lastEventId).toBe('b-2');
  expect(request('lastEventId=a-1', '').lastEventId).toBe('a-1');
});

test.each([
  ['types=cpuu', 'types', 'no event type "cpuu"'],
  ['types=', 'types', 'names with commas'],
  ['types=cpu,', 'types', 'names with commas'],
  ['types=hello', 'types', 'no event type "hello"'],
  ['hosts=', 'hosts', 'names with commas'],
  ['window=3601', 'window', '3600'],
  ['window=-1', 'window', 'whole number'],
  ['window=1.5', 'window', 'whole number'],
  ['window=abc', 'window', 'whole number'],
])('%s is refused, and its parameter named', (query, path, message) => {
  const result = parse(query);
  if (result.ok) throw new Error('was taken');
  expect(result.problem.code).toBe('bad-query');
  expect(result.problem.errors).toMatchObject([{ path, message: expect.stringContaining(message) }]);
  expect(result.problem.detail).toContain(path);
});
