import { expect, test } from 'vitest';
import { late } from './lazy-part';

test('a part that failed is requested again, a loaded one is not, and concurrent calls share a request', async () => {
  const answers = [() => Promise.reject(new Error('cut')), () => Promise.resolve('part')];
  let asked = 0;
  const one = late(() => {
    asked += 1;
    return (answers.shift() ?? (() => Promise.reject(new Error('asked too often'))))();
  });
  const states: boolean[] = [];
  one.subscribe(() => states.push(one.state.hasFailed));
  expect(await Promise.all([one.load(), one.load()])).toEqual([null, null]);
  expect([asked, one.state]).toEqual([1, { part: null, hasFailed: true }]);
  expect(await one.load()).toBe('part');
  expect(await one.load()).toBe('part');
  expect([asked, one.state]).toEqual([2, { part: 'part', hasFailed: false }]);
  expect(states).toEqual([true, false]);
});
