import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from './metric-pattern';

test.each([
  ['cpu.totalPercent', 'cpu.totalPercent', true],
  ['cpu.total', 'cpu.totalPercent', false],
  ['filesystem.*.usedPercent', 'filesystem./home/a.b.usedPercent', true],
  ['filesystem.*.usedPercent', 'filesystem..usedPercent', false],
  ['*', 'x', true],
  ['*', '', false],
  ['a*a', 'aa', false],
  ['a*a', 'aba', true],
  ['a*b*c', 'aXbYc', true],
  ['a*b*c', 'abYc', false],
  ['a*b*c', 'aXbc', false],
])('%s on %s: %s', (pattern, name, matches) => {
  expect(matchesPattern(pattern, name)).toBe(matches);
});

test('it is what a regular expression would say', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
  fc.assert(
    fc.property(text, text, (pattern, star) => {
      const name = star.replaceAll('*', 'c');
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.+');
      expect(matchesPattern(pattern, name)).toBe(new RegExp(`^${source}$`).test(name));
    }),
    { numRuns: 1000 },
  );
});
