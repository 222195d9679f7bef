import { inProject, main } from '../scripts/project.mjs';
import { run } from '../scripts/run.mjs';
import { machine } from './server.mjs';

/** What evaluation costs, as `lib/alerts/cost.test.ts` measures it: the median second of two minutes. */
await main(async () => {
  console.log(`Evaluation of alerts (${machine()})\n\n| what | measured |\n| --- | --- |`);
  process.exitCode = await run(
    process.execPath,
    [inProject('node_modules/vitest/vitest.mjs'), 'run', '--reporter=dot', 'lib/alerts/cost.test.ts'],
    { env: { ...process.env, HOSTBEAT_TEST_FIGURES: '1' } },
  );
});
