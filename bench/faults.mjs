import { main } from '../scripts/project.mjs';
import { runPackage } from '../scripts/run.mjs';
import { testEnvironment } from '../scripts/test-environment.mjs';
import { prepare } from './server.mjs';

/**
 * The loop of faults of `e2e/faults.spec.ts`, for longer than `npm test` has it: ten minutes, or as long as
 * HOSTBEAT_TEST_BENCH_SECONDS says. HOSTBEAT_TEST_SEED repeats a run's order. As root it has a disk to fill, too.
 */
await main(async () => {
  await prepare();
  const env = testEnvironment({
    HOSTBEAT_TEST_BENCH_SECONDS: process.env.HOSTBEAT_TEST_BENCH_SECONDS ?? '600',
  });
  const args = ['test', '--project=loads', 'e2e/faults.spec.ts', '--reporter=list'];
  process.exitCode = await runPackage('@playwright/test/cli.js', args, { env });
});
