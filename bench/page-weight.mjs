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
    rows.push([page, kilobytes(js), kilobytes(css), kilobytes(html)]);
    if (js > javaScriptBudgetBytes) process.exitCode = 1;
  }
  console.log(`Page weight, gzip ${gzipLevel} (${machine()})\n`);
  console.log(table(['page', 'JavaScript', 'CSS', 'HTML'], rows));
  if (process.exitCode) console.log(`\nPast the budget of ${kilobytes(javaScriptBudgetBytes)} of JavaScript`);
} finally {
  await server.stop();
}
