/**
 * @typedef {{ passed: number, failed: number, skipped: number, notes?: string[] }} Count
 * @typedef {{ name: string, seconds: number, result: 'passed' | 'failed' | 'not run', count: Count }} StepResult
 */

/** A step that has no tests of its own is one check. @returns {Count} */
export function countOfCheck(exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/**
 * A run that ended badly has failed whatever it counted, and so has one that ran nothing.
 * @returns {Count}
 */
export function countOfTests(exitCode, report, read) {
  const count = report === null ? { passed: 0, failed: 0, skipped: 0, notes: [] } : read(report);
  if (count.failed > 0) return count;
  if (count.passed === 0) return { ...count, failed: 1, notes: [...count.notes, 'no test ran'] };
  if (exitCode !== 0) return { ...count, failed: 1, notes: [...count.notes, `ended with ${exitCode}`] };
  return count;
}

/** Reads what Vitest's JSON reporter wrote. */
export function readUnitReport(report) {
  const skipped = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed');
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: skipped.length,
    notes: skipped.map(({ fullName }) => `skipped: ${fullName}`),
  };
}

/**
 * Reads what Playwright's JSON reporter wrote. A test that passed at a second try is named, and one that should have
 * run and did not, since something before it failed, is a failure of its own.
 */
export function readEndToEndReport({ stats, suites }) {
  const specs = suites.flatMap(specsOf);
  const isLeftOut = ({ status, expectedStatus }) => status === 'skipped' && expectedStatus !== 'skipped';
  const leftOut = specs.flatMap(({ title, tests }) => tests.filter(isLeftOut).map(() => title));
  const named = (status, word) =>
    specs
      .filter(({ tests }) => tests.some((test) => test.status === status && !isLeftOut(test)))
      .map(({ title }) => `${word}: ${title}`);
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + leftOut.length,
    skipped: stats.skipped - leftOut.length,
    notes: [
      ...leftOut.map((title) => `did not run: ${title}`),
      ...named('skipped', 'skipped'),
      ...named('flaky', 'passed only at another try'),
    ],
  };
}

function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

/** The table of all steps and the closing line, which stands alone. @param {readonly StepResult[]} steps */
export function summary(steps) {
  const sum = (key) => steps.reduce((total, { count }) => total + count[key], 0);
  const width = Math.max(...steps.map(({ name }) => name.length));
  const rows = steps.flatMap(({ name, seconds, result, count }) => [
    `  ${name.padEnd(width)}  ${result.padEnd(7)}  ${seconds.toFixed(1).padStart(6)} s  ${countLine(count)}`,
    ...(count.notes ?? []).map((note) => `  ${' '.repeat(width)}  ${note}`),
  ]);
  const total = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  return ['', 'Summary', ...rows, '', countLine(total)].join('\n');
}

function countLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
