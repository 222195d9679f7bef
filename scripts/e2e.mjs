import { ensureBuilt } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { ensureCurl } from './curl.mjs';
import { runGroups } from './e2e-groups.mjs';
import { ensureInstalled } from './install.mjs';
import { main } from './project.mjs';
import { testEnvironment } from './test-environment.mjs';

await main(async () => {
  await ensureInstalled();
  const chromium = await findChromium();
  await ensureCurl();
  await ensureBuilt();
  const env = testEnvironment({ HOSTBEAT_TEST_CHROMIUM: chromium });
  process.exitCode = await runGroups(process.argv.slice(2), env);
});
