import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { ensureInstalled } from './install.mjs';
import { root, run, runPackage, say } from './run.mjs';

const results = join(root, 'test-results');
const unitReport = join(results, 'unit.json');
const endToEndReport = join(results, 'e2e.json');

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/** @param {string} file @param {(report: any) => Count} read @returns {Count} */
function countsOf(file, read) {
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** A step without tests of its own counts as one check. */
const asCheck = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

async function unitTests() {
  const code = await runPackage('vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${unitReport}`,
  ]);
  const counts = countsOf(unitReport, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
  return checked(counts, code);
}

async function endToEndTests(chromium) {
  const env = {
    ...process.env,
    HOSTBEAT_TEST_CHROMIUM: chromium,
    PLAYWRIGHT_JSON_OUTPUT_NAME: endToEndReport,
  };
  const code = await runPackage('@playwright/test/cli.js', ['test', '--reporter=list,json'], { env });
  const counts = countsOf(endToEndReport, ({ stats }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }));
  return checked(counts, code);
}

/** A run that ended badly, or that ran nothing, has failed whatever it counted. */
function checked(counts, code) {
  const nothing = counts.passed + counts.failed === 0;
  return (code !== 0 && counts.failed === 0) || nothing ? { ...counts, failed: 1 } : counts;
}

async function lint() {
  return asCheck(
    await run(process.execPath, [
      join(root, 'node_modules/@biomejs/biome/bin/biome'),
      'check',
      '--error-on-warnings',
      '.',
    ]),
  );
}

/** @type {{ name: string, seconds: number, counts: Count }[]} */
const done = [];
async function step(name, work) {
  say(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
  const startedAt = Date.now();
  const counts = await work();
  done.push({ name, seconds: (Date.now() - startedAt) / 1000, counts });
}

await ensureInstalled();
const chromium = await findChromium();
say(`Browser: ${chromium}`);
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

await step('Format and lint', lint);
await step('Unused code', async () => asCheck(await runPackage('knip/bin/knip.js', [])));
await step('Types', async () => asCheck(await runPackage('typescript/bin/tsc', ['-p', 'tsconfig.json'])));
await step('Unit tests', unitTests);
await step('Production build', async () => {
  await ensureBuilt();
  return asCheck(0);
});
await step('End-to-end tests', () => endToEndTests(chromium));

const total = { passed: 0, failed: 0, skipped: 0 };
say('\nSummary');
for (const { name, seconds, counts } of done) {
  for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += counts[key];
  const mark = counts.failed === 0 ? 'ok    ' : 'FAILED';
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  say(
    `  ${mark}  ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s   ${counts.passed} passed, ${counts.failed} failed${skipped}`,
  );
}
say(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exit(total.failed === 0 ? 0 : 1);
