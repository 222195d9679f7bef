import { javaScriptBudgetBytes, weigh } from '../bench/weight.mjs';
import { expect, test } from './test';

const pages = ['/', '/embed/cpu', '/embed/sensors', '/embed/processes'];

test('the pages keep to their budget of JavaScript', async ({ server }) => {
  for (const page of pages) {
    const { js } = await weigh(server.url, page);
    expect(js, page).toBeGreaterThan(50_000);
    expect(js, page).toBeLessThanOrEqual(javaScriptBudgetBytes(page));
  }
});

test('a page loads no script that was not weighed', async ({ page, server }) => {
  for (const path of ['/', '/embed/cpu']) {
    const loaded: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() === 'script') loaded.push(new URL(request.url()).pathname);
    });
    await page.goto(server.url + path);
    const { assets } = await weigh(server.url, path);
    // All that it will ever load: its traces are drawn, and a reader has pointed at them.
    const chart = page.getByRole('slider', { name: 'CPU' });
    await expect(chart.locator('path').first()).toHaveAttribute('d', /^M/);
    await chart.hover();
    await expect(page.getByTestId('tooltip')).toBeVisible();
    expect(loaded.length).toBeGreaterThan(5);
    expect(loaded.filter((script) => !assets.includes(script))).toEqual([]);
    expect(assets.some((asset) => asset.includes('worker'))).toBe(true);
    page.removeAllListeners('request');
  }
});
