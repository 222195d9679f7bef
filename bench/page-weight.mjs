import { gzipSync } from 'node:zlib';
import { machine, prepare, startServer, table } from './server.mjs';

/** What a page names and a browser of today loads, gzipped at level 9. Scripts marked noModule are for older ones. */
const pages = ['/', '/embed/cpu', '/embed/memory'];

async function weigh(base, page) {
  const html = await (await fetch(base + page)).text();
  const legacy = new Set([...html.matchAll(/src="([^"]+)" noModule/g)].map(([, path]) => path));
  const assets = new Set(
    [...html.matchAll(/\/_next\/static\/[^"'\\ )]+\.(?:js|css)/g)].map(([path]) => path),
  );
  const sizes = { js: 0, css: 0 };
  for (const path of assets) {
    if (legacy.has(path)) continue;
    const body = Buffer.from(await (await fetch(base + path)).arrayBuffer());
    sizes[path.endsWith('.css') ? 'css' : 'js'] += gzipSync(body, { level: 9 }).length;
  }
  return [page, kilobytes(sizes.js), kilobytes(sizes.css), kilobytes(gzipSync(html, { level: 9 }).length)];
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

await prepare();
const server = await startServer();
const rows = [];
for (const page of pages) rows.push(await weigh(server.url, page));
await server.stop();
process.stdout.write(`Page weight, gzip (${machine()})\n\n`);
process.stdout.write(`${table(['page', 'JavaScript', 'CSS', 'HTML'], rows)}\n`);
