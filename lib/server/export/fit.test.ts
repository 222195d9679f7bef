import { expect, test } from 'vitest';
import { fitted } from './fit';

test('the file has the finest steps that fit, then fewer events, and never more bytes than allowed', async () => {
  const tried: [number, number][] = [];
  // A step takes 10 bytes, an event 30: three each of a character.
  const make = async (points: number, events: number) => {
    tried.push([points, events]);
    return 'x'.repeat(points * 10) + '事'.repeat(events * 10);
  };
  expect((await fitted(make, 20_000, 8)).points).toBe(1_440);
  expect((await fitted(make, 8_000, 8)).points).toBe(720);
  expect((await fitted(make, 1_200, 8)).points).toBe(90);
  tried.length = 0;
  const least = await fitted(make, 965, 8);
  expect([least.points, Buffer.byteLength(least.text)]).toEqual([90, 960]);
  expect(tried.at(-1)).toEqual([90, 2]);
  // Where nothing helps, the least there is.
  expect((await fitted(make, 10, 8)).text).toHaveLength(900);
});
