import { javaScriptBudgetBytes, scriptsAreIn, scriptsLoadedBy, weigh } from '../bench/weight.mjs';
import { expect, test } from './test';

for (const path of ['/', '/embed/cpu', '/embed/sensors', '/embed/processes', '/embed/alerts']) {
  test(`${path} keeps to its budget of JavaScript, all that it loads later included`, async ({
    page,
    server,
  }) => {
    const loaded = scriptsLoadedBy(page);
    await page.goto(server.url + path);
    const chart = page.getByRole('slider', { name: 'CPU' });
    if (await chart.count()) {
      await expect(chart.locator('path').first()).toHaveAttribute('d', /^M/);
      await chart.hover();
      await expect(page.getByTestId('tooltip')).toBeVisible();
    }
    await scriptsAreIn(page);
    expect(loaded.size).toBeGreaterThan(5);
    const { js, assets } = await weigh(server.url, path, [...loaded]);
    expect(assets.some((asset) => asset.includes('worker'))).toBe(true);
    expect(js).toBeGreaterThan(50_000);
    expect(js).toBeLessThanOrEqual(javaScriptBudgetBytes(path));
  });
}
