import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, root } from '../../scripts/project.mjs';
import { scratchFolder } from '../scratch.mjs';
import { startProcess } from '../server.mjs';

const buildWithinMs = 120_000;

/** Builds an app of one route handler, below the checkout so that it finds the packages there. Gives its folder. */
export async function buildNextApp() {
  const folder = scratchFolder(inProject('.hostbeat'));
  const app = join(folder, 'app');
  mkdirSync(app);
  copyFileSync(inProject('bench/feed/route-handler.mjs'), join(app, 'route.js'));
  copyFileSync(inProject('bench/feed/ticks.mjs'), join(app, 'ticks.mjs'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const config = JSON.stringify({ turbopack: { root }, outputFileTracingRoot: root });
  writeFileSync(join(folder, 'next.config.mjs'), `export default ${config};\n`);
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
  const command = [process.execPath, inProject('node_modules/next/dist/bin/next'), 'build', folder];
  const { child, stop } = startProcess(command, { env, asGroup: true });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const late = setTimeout(stop, buildWithinMs);
  const [code] = await once(child, 'close');
  clearTimeout(late);
  if (code !== 0) throw new Error(`next build ended with ${code}\n${output}`);
  return folder;
}
