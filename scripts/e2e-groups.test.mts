import { expect, test } from 'vitest';
import config from '../playwright.config';
import { argumentsOf, groups, runGroups } from './e2e-groups.mjs';

/** A stand-in for Playwright that ends with the codes one after the other, and what it was called with. */
function player(codes: readonly number[]) {
  const calls: (readonly string[])[] = [];
  return {
    calls,
    play: async (args: readonly string[]) => {
      calls.push(args);
      return codes[calls.length - 1] ?? 0;
    },
  };
}

test('every project of Playwright is in one group, and none waits for another to pass', () => {
  const projects = config.projects ?? [];
  expect(groups.flatMap(({ projects: names }) => names).sort()).toEqual(
    projects.map(({ name }) => name).sort(),
  );
  for (const { dependencies, teardown } of projects)
    expect([dependencies, teardown]).toEqual([undefined, undefined]);
});

test('a group that fails keeps no other from running, and the whole has failed', async () => {
  for (let failing = 0; failing < groups.length; failing += 1) {
    const { calls, play } = player(groups.map((_, index) => (index === failing ? 1 : 0)));
    expect(await runGroups(['e2e/a.spec.ts'], {}, play)).toBe(1);
    expect(calls).toEqual(
      groups.map(({ projects }) => [
        'test',
        '--pass-with-no-tests',
        ...argumentsOf(projects),
        'e2e/a.spec.ts',
      ]),
    );
  }
  const { play } = player([0, 0, 0]);
  expect(await runGroups([], {}, play)).toBe(0);
});

test('whoever names a project gets that and no more', async () => {
  const { calls, play } = player([0]);
  expect(await runGroups(['--project=loads', '-g', 'x'], {}, play)).toBe(0);
  expect(calls).toEqual([['test', '--project=loads', '-g', 'x']]);
});
