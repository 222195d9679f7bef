import { expect, test } from 'vitest';
import { openByteBudget } from './byte-budget';

test('beyond the bound the oldest entry is evicted, and a removed entry makes room', () => {
  const budget = openByteBudget(10);
  const forgotten: string[] = [];
  const add = (name: string, bytes: number) => budget.add(bytes, () => forgotten.push(name));
  add('a', 4);
  const release = add('b', 4);
  add('c', 2);
  expect([forgotten, budget.bytes]).toEqual([[], 10]);
  add('d', 1);
  expect([forgotten, budget.bytes]).toEqual([['a'], 7]);
  release();
  release();
  expect(budget.bytes).toBe(3);
  add('e', 7);
  expect([forgotten, budget.bytes]).toEqual([['a'], 10]);
});

test('the newest entry is never evicted, however large it is', () => {
  const budget = openByteBudget(10);
  const forgotten: string[] = [];
  budget.add(4, () => forgotten.push('a'));
  budget.add(50, () => forgotten.push('b'));
  expect([forgotten, budget.bytes]).toEqual([['a'], 50]);
  budget.add(1, () => forgotten.push('c'));
  expect([forgotten, budget.bytes]).toEqual([['a', 'b'], 1]);
});
