import { cp, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { build } from 'vite';
import { root } from '../../scripts/project.mjs';
import { scratchFolder } from '../scratch.mjs';

const contentTypes = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/**
 * Bundles a page of this project's components as production does, and serves it: `page.html`, `page.js` and the
 * built product's style sheet.
 * @param {string} entry Path of the page's script in the project.
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function servePage(entry) {
  const folder = scratchFolder();
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    // As `next.config.ts` has it.
    resolve: {
      alias: {
        '@': root,
        'victory-vendor/d3-scale': join(root, 'components', 'charts', 'scales.ts'),
      },
    },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: {
      outDir: folder,
      lib: { entry: join(root, entry), formats: ['es'], fileName: () => 'page.js', cssFileName: 'page' },
      minify: true,
      // The parts of Recharts that no page uses name scales that are not there.
      rolldownOptions: { shimMissingExports: true },
      cssMinify: false,
    },
  });
  await cp(join(root, '.next', 'static'), join(folder, 'static'), { recursive: true });
  const sheets = await styleSheets(join(folder, 'static', 'chunks'));
  const links = ['page.css', ...sheets.map((name) => `static/chunks/${name}`)]
    .map((href) => `<link rel="stylesheet" href="/${href}">`)
    .join('');
  const html = `<!doctype html><html lang="en" data-theme="dark"><meta charset="utf-8">${links}<body class="font-sans"><div id="page"></div><script type="module" src="/page.js"></script>`;

  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/') return response.setHeader('Content-Type', 'text/html').end(html);
    try {
      const body = await readFile(join(folder, pathname));
      response
        .setHeader('Content-Type', contentTypes[extname(pathname)] ?? 'application/octet-stream')
        .end(body);
    } catch {
      response.writeHead(pathname === '/page.css' ? 200 : 404, { 'Content-Type': 'text/css' }).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

async function styleSheets(folder) {
  return (await readdir(folder)).filter((name) => name.endsWith('.css'));
}
