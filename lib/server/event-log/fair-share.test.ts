import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fairShare } from './fair-share';

const shares = (counts: Record<string, number>, most: number) =>
  Object.fromEntries(fairShare(new Map(Object.entries(counts)), most));

test('those with few keep all, the others get equal shares', () => {
  expect(shares({ a: 900, b: 10, c: 300 }, 500)).toEqual({ a: 245, c: 245 });
  expect(shares({ a: 900, b: 10 }, 910)).toEqual({});
  expect(shares({}, 5)).toEqual({});
});

test('all together get at most the bound and nearly all of it, and none is cut below another', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000)), fc.nat(3_000), (given, most) => {
      const counts = new Map(given.map((count, index) => [`${index}`, count]));
      const share = fairShare(counts, most);
      const kept = [...counts].map(([name, count]) => share.get(name) ?? count);
      const sum = kept.reduce((all, one) => all + one, 0);
      expect(sum).toBeLessThanOrEqual(most);
      if (share.size > 0) expect(sum).toBeGreaterThan(most - counts.size);
      for (const cut of share.values()) expect(cut).toBeGreaterThanOrEqual(Math.max(...kept) - 1);
    }),
  );
});
