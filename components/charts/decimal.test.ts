import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import Decimal from './decimal';

const fromRecharts = createRequire(createRequire(import.meta.url).resolve('recharts'));
const modules = join(dirname(fromRecharts.resolve('recharts/package.json')), 'es6');

test('it has what Recharts calls of the library that it stands in for', () => {
  const Exact = fromRecharts('decimal.js-light') as { readonly prototype: object };
  const exact = new Set(Object.getOwnPropertyNames(Exact.prototype));
  const users = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(modules, name), 'utf8'))
    .filter((text) => text.includes("from 'decimal.js-light'"));
  const called = users.flatMap((text) => [...text.matchAll(/\.(\w+)\(/g)].map(([, name = '']) => name));
  const needed = [...new Set(called)].filter((name) => exact.has(name));
  expect(needed.length).toBeGreaterThan(5);
  expect(Object.keys(new Decimal(1))).toEqual(expect.arrayContaining(needed));
});

test('it reckons as floats do', () => {
  const three = new Decimal(3);
  expect(three.add(new Decimal(0.5)).sub(1).mul(2).div(4).toNumber()).toBe(1.25);
  expect([three.mod(2).toNumber(), new Decimal(10).pow(-2).toNumber()]).toEqual([1, 0.01]);
  expect(Math.floor(new Decimal(-1_000).abs().log(10).toNumber() + 1e-9)).toBe(3);
  expect([three.lt(4), three.lt(new Decimal(3)), three.isint(), new Decimal('0.5').isint()]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
