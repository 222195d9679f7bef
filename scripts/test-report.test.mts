import { expect, test } from 'vitest';
import { countOfCheck, countOfTests, readEndToEndReport, readUnitReport, summary } from './test-report.mjs';

const unit = {
  numPassedTests: 2,
  numFailedTests: 0,
  testResults: [
    {
      assertionResults: [
        { status: 'passed', fullName: 'a' },
        { status: 'passed', fullName: 'b' },
        { status: 'skipped', fullName: 'c' },
        { status: 'todo', fullName: 'd' },
      ],
    },
  ],
};

test('unit tests are counted, and the skipped ones named', () => {
  expect(readUnitReport(unit)).toEqual({
    passed: 2,
    failed: 0,
    skipped: 2,
    notes: ['skipped: c', 'skipped: d'],
  });
});

test('end-to-end tests are counted; one at a second try is named, one that was left out is a failure', () => {
  const report = {
    stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 },
    suites: [
      {
        suites: [
          { specs: [{ title: 'x', tests: [{ status: 'skipped', expectedStatus: 'skipped' }] }] },
          { specs: [{ title: 'z', tests: [{ status: 'skipped', expectedStatus: 'passed' }] }] },
        ],
        specs: [{ title: 'y', tests: [{ status: 'flaky' }] }],
      },
    ],
  };
  expect(readEndToEndReport(report)).toEqual({
    passed: 4,
    failed: 2,
    skipped: 1,
    notes: ['did not run: z', 'skipped: x', 'passed only at another try: y'],
  });
});

test('a run that counted no failure has failed all the same when', () => {
  expect(countOfTests(0, unit, readUnitReport).failed).toBe(0);
  expect(countOfTests(1, unit, readUnitReport).failed, 'it ended badly').toBe(1);
  expect(countOfTests(0, null, readUnitReport).failed, 'it left no report').toBe(1);
  const empty = { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  expect(countOfTests(0, empty, readUnitReport).failed, 'it ran nothing').toBe(1);
});

test('the summary has a row for each step and ends in a line of its own', () => {
  const text = summary([
    { name: 'Types', seconds: 1.25, result: 'passed', count: countOfCheck(0) },
    { name: 'Unit tests', seconds: 2, result: 'passed', count: readUnitReport(unit) },
    {
      name: 'End-to-end tests',
      seconds: 0,
      result: 'not run',
      count: { ...countOfCheck(1), notes: ['no build'] },
    },
  ]);
  expect(text).toContain('  Types             passed      1.3 s  1 passed, 0 failed\n');
  expect(text).toContain('skipped: c\n');
  expect(text).toMatch(/\n\n3 passed, 1 failed, 2 skipped$/);
});
