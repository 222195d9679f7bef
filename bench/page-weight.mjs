import { gzipSync } from 'node:zlib';
import { machine, prepare, startServer, table } from './server.mjs';

/**
 * What each page makes a browser of today load, gzipped at level 9: every script and style sheet that its HTML
 * names, be it as a tag, a preload or in the data of its components. Scripts marked noModule are for older ones.
 */
const pages = ['/', '/embed/cpu', '/embed/memory'];
const gzipLevel = 9;

async function load(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

const weightOf = (body) => gzipSync(body, { level: gzipLevel }).length;
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function assetsOf(html) {
  const tags = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  const legacy = tags.filter((tag) => /\snomodule/i.test(tag)).map((tag) => /src="([^"?]+)/.exec(tag)?.[1]);
  const named = [...html.matchAll(/\/_next\/static\/[^"'\\ )?]+\.(?:js|css)/g)].map(([path]) => path);
  return [...new Set(named)].filter((path) => !legacy.includes(path));
}

async function weigh(base, page) {
  const html = await load(base + page);
  const sizes = { js: 0, css: 0 };
  const assets = assetsOf(html.toString());
  if (assets.length === 0) throw new Error(`${page} names no script`);
  for (const asset of assets)
    sizes[asset.endsWith('.css') ? 'css' : 'js'] += weightOf(await load(base + asset));
  return [page, kilobytes(sizes.js), kilobytes(sizes.css), kilobytes(weightOf(html))];
}

await prepare();
const server = await startServer();
try {
  const rows = [];
  for (const page of pages) rows.push(await weigh(server.url, page));
  console.log(`Page weight, gzip ${gzipLevel} (${machine()})\n`);
  console.log(table(['page', 'JavaScript', 'CSS', 'HTML'], rows));
} finally {
  await server.stop();
}
