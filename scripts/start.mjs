import { ensureBuilt, isBuilt } from './build.mjs';
import { loadConfigModule, readConfig } from './config.mjs';
import { requireRealFolder } from './data-dir.mjs';
import { makeExportPage } from './export-page.mjs';
import { helpText } from './help.mjs';
import { ensureInstalled } from './install.mjs';
import { requireFree } from './listen.mjs';
import { requireNode } from './node-version.mjs';
import { main, manifest, say } from './project.mjs';
import { serve } from './serve.mjs';
import { parseStartOptions } from './start-options.mjs';

await main(async () => {
  requireNode();
  const { port, host, dev, help, version } = parseStartOptions(process.argv.slice(2));
  if (version) return say(manifest().version);
  await ensureInstalled();
  const configModule = await loadConfigModule();
  if (help) return say(helpText(configModule.describeConfig()));

  if (port !== undefined) process.env.PORT = port;
  if (host !== undefined) process.env.HOST = host;
  const config = readConfig(configModule, process.env);
  requireRealFolder(config.dataDir);
  for (const line of configModule.unknownVariables(process.env)) console.warn(`Warning: ${line}`);

  if (!dev && !isBuilt()) {
    await requireFree(config);
    await ensureBuilt();
  }
  if (dev) await makeExportPage();
  await serve({ config, dev });
});
