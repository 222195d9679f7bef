import { machine, prepare, startServer, table } from './server.mjs';
import { gzipLevel, javaScriptBudgetBytes, weigh } from './weight.mjs';

/** What each page makes a browser load. Fails where the scripts of one are past their budget. */
const pages = ['/', '/embed/cpu', '/embed/sensors', '/embed/processes'];

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

await prepare();
const server = await startServer();
try {
  const rows = [];
  for (const page of pages) {
    const { js, css, html } = await weigh(server.url, page);
    const budget = javaScriptBudgetBytes(page);
    rows.push([page, kilobytes(js), kilobytes(budget), kilobytes(css), kilobytes(html)]);
    if (js > budget) process.exitCode = 1;
  }
  console.log(`Page weight, gzip ${gzipLevel} (${machine()})\n`);
  console.log(table(['page', 'JavaScript', 'of at most', 'CSS', 'HTML'], rows));
  if (process.exitCode) console.log('\nPast its budget of JavaScript');
} finally {
  await server.stop();
}
