import { javaScriptBudgetBytes, weigh } from '../bench/weight.mjs';
import { expect, test } from './test';

test('the pages keep to their budget of JavaScript', async ({ server }) => {
  for (const page of ['/', '/embed/cpu', '/embed/sensors']) {
    const { js } = await weigh(server.url, page);
    expect(js, page).toBeGreaterThan(50_000);
    expect(js, page).toBeLessThanOrEqual(javaScriptBudgetBytes);
  }
});

test('an embedded table loads no charts', async ({ server }) => {
  const [table, chart] = await Promise.all(
    ['/embed/processes', '/embed/cpu'].map((page) => weigh(server.url, page)),
  );
  expect(table?.js).toBeLessThan((chart?.js ?? 0) - 50_000);
});
