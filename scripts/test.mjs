import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { ensureCurl } from './curl.mjs';
import { argumentsOf, groups } from './e2e-groups.mjs';
import { ensureInstalled } from './install.mjs';
import { main, Stop, say } from './project.mjs';
import { runPackage } from './run.mjs';
import { testEnvironment } from './test-environment.mjs';
import { ensureTestPrograms } from './test-programs.mjs';
import { countOfCheck, countOfTests, readEndToEndReport, readUnitReport, summary } from './test-report.mjs';

const reports = mkdtempSync(path.join(tmpdir(), 'hostbeat-test-'));
process.once('exit', () => rmSync(reports, { recursive: true, force: true }));
const done = [];

/** Runs one step under a heading; what it throws fails this step and not the ones after it. */
async function step(name, work) {
  say(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
  const startedAt = performance.now();
  const count = await work().catch((error) => {
    console.error(error instanceof Stop ? error.message : error);
    return countOfCheck(1);
  });
  const result = count.failed === 0 ? 'passed' : 'failed';
  done.push({ name, seconds: (performance.now() - startedAt) / 1000, result, count });
  return result === 'passed';
}

function check(script, args) {
  return async () => countOfCheck(await runPackage(script, args, { env: testEnvironment() }));
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

async function unitTests() {
  const file = path.join(reports, 'unit.json');
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--allowOnly=false',
  ];
  const code = await runPackage('vitest/vitest.mjs', args, { env: testEnvironment() });
  return countOfTests(code, readReport(file), readUnitReport);
}

async function endToEndTests(chromium, { name, projects }) {
  const file = path.join(reports, `${name}.json`);
  const env = testEnvironment({ HOSTBEAT_TEST_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  const args = ['test', '--forbid-only', '--reporter=list,json', ...argumentsOf(projects)];
  const code = await runPackage('@playwright/test/cli.js', args, { env });
  return countOfTests(code, readReport(file), readEndToEndReport);
}

function notRun(name, reason) {
  const count = { passed: 0, failed: 1, skipped: 0, notes: [reason] };
  done.push({ name, seconds: 0, result: 'not run', count });
}

await main(async () => {
  await ensureInstalled();
  let chromium = null;
  await step('Test programs', async () => {
    const { path: withPrograms, missing } = await ensureTestPrograms();
    process.env.PATH = withPrograms;
    chromium = await findChromium();
    await ensureCurl();
    say(`Chromium for the tests: ${chromium}`);
    return { passed: 0, failed: 0, skipped: 0, notes: missing };
  });
  await step('Format and lint', check('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']));
  await step('Unused code', check('knip/bin/knip.js', []));
  await step('Types', check('typescript/bin/tsc', ['-p', 'tsconfig.json']));
  await step('Unit tests', unitTests);
  const isBuilt = await step('Production build', async () => {
    await ensureBuilt({ force: true });
    return countOfCheck(0);
  });
  // One after the other, since the last ones need the machine; what fails in one keeps no other from running.
  for (const group of groups) {
    const name = `End to end: ${group.name}`;
    if (!isBuilt) notRun(name, 'the production build failed');
    else if (!chromium) notRun(name, 'there is no Chromium');
    else await step(name, () => endToEndTests(chromium, group));
  }

  say(summary(done));
  process.exitCode = done.every(({ count }) => count.failed === 0) ? 0 : 1;
});
