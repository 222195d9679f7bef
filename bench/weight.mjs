import { gzipSync } from 'node:zlib';

/** What a page may make a browser load of scripts, gzipped: the dashboard with all its panels. */
export const javaScriptBudgetBytes = 255_000;

export const gzipLevel = 9;

async function load(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

const weightOf = (body) => gzipSync(body, { level: gzipLevel }).length;

function assetsOf(html) {
  const tags = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  const legacy = tags.filter((tag) => /\snomodule/i.test(tag)).map((tag) => /src="([^"?]+)/.exec(tag)?.[1]);
  const named = [...html.matchAll(/\/_next\/static\/[^"'\\ )?]+\.(?:js|css)/g)].map(([path]) => path);
  return [...new Set(named)].filter((path) => !legacy.includes(path));
}

/**
 * The bytes of what a page makes a browser of today load, each file gzipped: every script and style sheet that
 * its HTML names, be it as a tag, a preload or in the data of its components. Scripts marked noModule are for older ones.
 */
export async function weigh(base, page) {
  const html = await load(base + page);
  const sizes = { js: 0, css: 0, html: weightOf(html) };
  const assets = assetsOf(html.toString());
  if (assets.length === 0) throw new Error(`${page} names no script`);
  for (const asset of assets)
    sizes[asset.endsWith('.css') ? 'css' : 'js'] += weightOf(await load(base + asset));
  return sizes;
}
