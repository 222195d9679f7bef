import { main } from '../scripts/project.mjs';
import { runPackage } from '../scripts/run.mjs';
import { testEnvironment } from '../scripts/test-environment.mjs';
import { prepare } from './server.mjs';

/**
 * What one client does to another: the attacks of `e2e/attacks.ts`, one after the other, each on a server of its own. Says
 * for each how long another client waited for its health, and how late a sample was, in ms; goal: 250 each. Wants a
 * machine that does nothing else: of what that one makes everybody wait, little is added.
 */
await main(async () => {
  await prepare();
  const env = testEnvironment({ HOSTBEAT_TEST_OTHERS_WAIT_MS: '250' });
  const args = ['test', '--project=loads', '--workers=1', 'e2e/one-client.spec.ts', '--reporter=list'];
  process.exitCode = await runPackage('@playwright/test/cli.js', args, { env });
});
