import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startServer } from './server';
import { brokenConnection, expect, forgive, test } from './test';

/** A page of somebody else's, at an origin of its own, that frames what `src` says when it is asked for. */
async function foreignPage(src: () => string): Promise<{ server: Server; origin: string }> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><iframe title="panel" width="420" height="260" src="${src()}"></iframe>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, origin: `http://127.0.0.1:${port}` };
}

for (const panel of ['cpu', 'memory']) {
  test(`/embed/${panel} lives in a page that is allowed, and is refused elsewhere`, async ({
    page,
    pageErrors,
  }) => {
    let panelUrl = '';
    const allowed = await foreignPage(() => panelUrl);
    const other = await foreignPage(() => panelUrl);
    const host = await startServer({ HOSTBEAT_FRAME_ANCESTORS: allowed.origin, HOSTBEAT_INTERVAL_MS: '500' });
    panelUrl = `${host.url}/embed/${panel}`;

    await page.goto(allowed.origin);
    const frame = page.frameLocator('iframe');
    const trace = frame.locator(`[data-testid="traces-${panel}"] path`).first();
    await expect(trace).toHaveAttribute('d', /^M[\d. ]+L/);
    await expect(frame.getByRole('banner')).toHaveCount(0);
    expect(pageErrors).toEqual([]);

    await page.goto(other.origin);
    await expect.poll(() => pageErrors.join()).toMatch(/frame-ancestors/);
    await expect(frame.locator('main')).toHaveCount(0);
    forgive(pageErrors, /frame-ancestors/);

    await host.stop();
    allowed.server.close();
    other.server.close();
  });
}

test('by default no other site may frame a panel', async ({ page, server, pageErrors }) => {
  const other = await foreignPage(() => `${server.url}/embed/cpu`);
  await page.goto(other.origin);
  await expect.poll(() => pageErrors.join()).toMatch(/frame-ancestors/);
  forgive(pageErrors, /frame-ancestors/);
  other.server.close();
});

test('a panel fills a frame of 200 × 100 px and more without scroll bars', async ({ page, server }) => {
  for (const [width, height] of [
    [200, 100],
    [320, 180],
    [1200, 600],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.goto(`${server.url}/embed/cpu?theme=dark`);
    await expect(page.locator('[data-testid="traces-cpu"]')).toBeAttached();
    // What is too large would be cut off without a word, since the frame hides its overflow.
    const cutOff = await page.evaluate(() => {
      const { right, bottom } = document.querySelector('main')?.getBoundingClientRect() ?? new DOMRect();
      return [...document.querySelectorAll('main, main *:not(svg *)')]
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.right > right + 0.5 || box.bottom > bottom + 0.5))
        .map(({ element, box }) => `${element.outerHTML.slice(0, 120)} ends at ${box.right}, ${box.bottom}`);
    });
    expect(cutOff, `${width} × ${height}`).toEqual([]);
    const [frame, plot] = await Promise.all([
      page.locator('main').boundingBox(),
      page.locator('[data-testid="traces-cpu"]').locator('xpath=ancestor::*[@role="slider"]').boundingBox(),
    ]);
    expect(frame).toMatchObject({ x: 0, y: 0, width, height });
    expect(plot?.height).toBeGreaterThan(height / 4);
  }
});

test('a panel shows when it is not live, and nothing while it is', async ({ page, pageErrors }) => {
  const server = await startServer();
  await page.setViewportSize({ width: 320, height: 180 });
  await page.goto(`${server.url}/embed/cpu`);
  const sign = page.getByRole('status', { name: 'Connection' });
  await expect(sign).toHaveAttribute('data-state', 'live');
  await expect(sign).toBeEmpty();
  await server.stop();
  await expect(sign).toHaveText('reconnecting');
  forgive(pageErrors, brokenConnection);
});

test('a transparent panel lets the page behind it through', async ({ page, server }) => {
  await page.goto(`${server.url}/embed/memory?background=transparent`);
  const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(background).toBe('rgba(0, 0, 0, 0)');
});

test('an unknown panel is a 404 that names the known ones', async ({ page, server, pageErrors }) => {
  const answer = await page.goto(`${server.url}/embed/nothing`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByText('cpu, memory')).toBeVisible();
  forgive(pageErrors, /status of 404/);
});
