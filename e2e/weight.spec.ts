import { javaScriptBudgetBytes, weigh } from '../bench/weight.mjs';
import { expect, test } from './test';

test('the pages keep to their budget of JavaScript', async ({ server }) => {
  for (const page of ['/', '/embed/cpu']) {
    const { js } = await weigh(server.url, page);
    expect(js, page).toBeGreaterThan(50_000);
    expect(js, page).toBeLessThanOrEqual(javaScriptBudgetBytes);
  }
});
