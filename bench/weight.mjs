import { gzipSync } from 'node:zlib';

const kilo = 1000;

/** What a page may make a browser load of scripts, gzipped, its worker included: the dashboard, and one panel alone. */
export const javaScriptBudgetBytes = (page) => (page.startsWith('/embed/') ? 190 : 300) * kilo;

export const gzipLevel = 9;

async function load(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

/** The paths of the scripts that a Playwright page loads from now on; grows as it does. */
export function scriptsLoadedBy(page) {
  const loaded = new Set();
  page.on('request', (request) => {
    if (request.resourceType() === 'script') loaded.add(new URL(request.url()).pathname);
  });
  return loaded;
}

/** Waits until a Playwright page has loaded no script for a second and a half. */
export function scriptsAreIn(page) {
  return page.waitForFunction(() => {
    const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'));
    return (
      scripts.length > 0 &&
      performance.now() - Math.max(...scripts.map(({ responseEnd }) => responseEnd)) > 1500
    );
  });
}

const weightOf = (body) => gzipSync(body, { level: gzipLevel }).length;

function assetsOf(html) {
  const tags = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  const legacy = tags.filter((tag) => /\snomodule/i.test(tag)).map((tag) => /src="([^"?]+)/.exec(tag)?.[1]);
  const named = [...html.matchAll(/\/_next\/static\/[^"'\\ )?]+\.(?:js|css)/g)].map(([path]) => path);
  return [...new Set(named)].filter((path) => !legacy.includes(path));
}

/** A shared worker is a page's too: its scripts, as Turbopack lists them where it is started. */
function workerScriptsOf(script) {
  const [, entry, rest = ''] =
    /"(static\/chunks\/turbopack-worker-[^"]+\.js)",\[([^\]]*)\]/.exec(script) ?? [];
  const named = [...rest.matchAll(/"([^"]+\.js)"/g)].map(([, path]) => path);
  return entry ? [entry, ...named].map((path) => `/_next/${path}`) : [];
}

/**
 * The bytes of what a page makes a browser of today load, each file gzipped: every script and style sheet that
 * its HTML names, be it as a tag, a preload or in the data of its components, those of its worker, and the
 * scripts that came `later`, as paths: which of its lazy parts a page loads only a browser knows. Scripts marked
 * noModule are for older browsers.
 */
export async function weigh(base, page, later = []) {
  const html = await load(base + page);
  const sizes = { js: 0, css: 0, html: weightOf(html) };
  const assets = new Set(assetsOf(html.toString()));
  if (assets.size === 0) throw new Error(`${page} names no script`);
  for (const script of later) assets.add(script);
  // What is added on the way is visited too.
  for (const asset of assets) {
    const body = await load(base + asset);
    sizes[asset.endsWith('.css') ? 'css' : 'js'] += weightOf(body);
    for (const script of workerScriptsOf(body.toString())) assets.add(script);
  }
  return { ...sizes, assets: [...assets] };
}
