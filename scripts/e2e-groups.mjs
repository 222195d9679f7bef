import { runPackage } from './run.mjs';

/** Playwright's projects that run side by side, and what they are: one group after the other, whatever fails before. */
export const groups = [
  { name: 'browser and feed', projects: ['direct', 'route'] },
  { name: 'outages', projects: ['waits'] },
  { name: 'load and faults', projects: ['loads'] },
];

/** The arguments with which Playwright runs a group, which leaves what the others left behind. @param {readonly string[]} projects */
export const argumentsOf = (projects) => [
  ...projects.map((name) => `--project=${name}`),
  `--output=test-results/${projects.join('-')}`,
];

/** Whether whoever calls has said which projects to run, or wants something else than a run. */
const isOwnChoice = (args) => args.some((arg) => /^--(project|list|help|last-failed|ui)\b/.test(arg));

/**
 * Runs Playwright with these arguments, group after group; the exit code is the first that is not 0.
 * @param {readonly string[]} args
 * @param {(args: readonly string[]) => Promise<number>} [play]
 */
export async function runGroups(
  args,
  env,
  play = (all) => runPackage('@playwright/test/cli.js', all, { env }),
) {
  if (isOwnChoice(args)) return play(['test', ...args]);
  let code = 0;
  // A group in which nothing matches the arguments is well, as long as another one has something.
  for (const { projects } of groups) {
    const ended = await play(['test', '--pass-with-no-tests', ...argumentsOf(projects), ...args]);
    code ||= ended;
  }
  return code;
}
