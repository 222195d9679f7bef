import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/chromium.mjs';
import { machine, prepare, startServer, table } from './server.mjs';
import { gzipLevel, javaScriptBudgetBytes, scriptsAreIn, scriptsLoadedBy, weigh } from './weight.mjs';

/** What each page makes a browser load. Fails where the scripts of one are past their budget. */
const pages = ['/', '/embed/cpu', '/embed/sensors', '/embed/processes', '/embed/alerts'];

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

await prepare();
const server = await startServer();
const browser = await chromium.launch({ executablePath: await findChromium(), args: ['--no-sandbox'] });
try {
  const rows = [];
  for (const path of pages) {
    const page = await browser.newPage();
    const loaded = scriptsLoadedBy(page);
    await page.goto(server.url + path);
    await scriptsAreIn(page);
    await page.close();
    const { js, css, html } = await weigh(server.url, path, [...loaded]);
    const budget = javaScriptBudgetBytes(path);
    rows.push([path, kilobytes(js), kilobytes(budget), kilobytes(css), kilobytes(html)]);
    if (js > budget) process.exitCode = 1;
  }
  console.log(`Page weight, gzip ${gzipLevel} (${machine()})\n`);
  console.log(table(['page', 'JavaScript', 'of at most', 'CSS', 'HTML'], rows));
  if (process.exitCode) console.log('\nPast its budget of JavaScript');
} finally {
  await browser.close();
  await server.stop();
}
