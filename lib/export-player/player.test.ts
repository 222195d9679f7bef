import { expect, test } from 'vitest';
import { createPlayer } from './player';

const minute = 60_000;

test('it begins at its end, plays from its beginning at its speed, and stops at its end', () => {
  let changes = 0;
  const player = createPlayer(0, 15 * minute, () => {
    changes += 1;
  });
  expect(player.state).toMatchObject({ t: 15 * minute, isPlaying: false, speed: 10 });
  player.toggle();
  expect(player.state).toMatchObject({ t: 0, isPlaying: true });
  player.advance(100);
  expect(player.state.t).toBe(1_000);
  player.setSpeed(600);
  player.advance(100);
  expect(player.state.t).toBe(61_000);
  player.advance(10 * minute);
  expect(player.state).toMatchObject({ t: 15 * minute, isPlaying: false });
  expect(changes).toBe(5);
});

test('where the reader points is shown, and forgotten when the reader moves or plays', () => {
  const player = createPlayer(0, 1_000, () => {});
  player.point(400);
  expect([player.shown(), player.state.t]).toEqual([400, 1_000]);
  player.point(null);
  expect(player.shown()).toBe(1_000);
  player.point(400);
  player.seek(-5);
  expect(player.shown()).toBe(0);
  player.advance(100);
  expect(player.shown()).toBe(0);
});
