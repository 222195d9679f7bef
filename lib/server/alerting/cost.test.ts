import { expect, test } from 'vitest';
import { costCases, evaluationMs } from '@/lib/testing/alerting-cost';

const few = 250;
const many = 4_000;
const seconds = 120;
/** Of a cost that grows with the rules it is 16, of one that grows with their square 256. */
const ratioMax = 64;

const median = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;

// What it costs in milliseconds is measured by bench/alerts.mjs.
test.each(costCases)('the cost of rules $name grows with their number and no faster', (kind) => {
  evaluationMs(kind, few, 30);
  const costs = {
    few: median(evaluationMs(kind, few, seconds)),
    many: median(evaluationMs(kind, many, seconds)),
  };
  expect(costs.many / costs.few, JSON.stringify(costs)).toBeLessThan(ratioMax);
});
