import type { Locator, Page } from '@playwright/test';
import { expect, forgive, test } from './test';

/** Whether the frame of the charts listens to such events. */
async function listensTo(page: Page, type: string): Promise<boolean> {
  const devtools = await page.context().newCDPSession(page);
  const { result } = await devtools.send('Runtime.evaluate', {
    expression: `document.querySelector('[data-time-bar]').parentElement`,
  });
  const { listeners } = await devtools.send('DOMDebugger.getEventListeners', {
    objectId: result.objectId ?? '',
  });
  await devtools.detach();
  return listeners.some((one) => one.type === type);
}

/** Two fingers that part on a chart, to see a quarter of what it showed. */
async function pinch(page: Page, chart: Locator): Promise<void> {
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no box');
  const devtools = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...xs: readonly number[]) =>
    devtools.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: xs.map((x, id) => ({ x: box.x + x * box.width, y: box.y + 60, id })),
    });
  await touch('touchStart', 0.4, 0.6);
  for (const apart of [0.15, 0.2, 0.3, 0.4]) await touch('touchMove', 0.5 - apart, 0.5 + apart);
  await touch('touchEnd');
}

test('the time shown is in the address, charts show history, and the browser goes back', async ({
  page,
  server,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/history?')) asked.push(request.url());
  });
  await page.goto(server.url);
  const bar = page.getByRole('region', { name: 'Time shown' });
  await expect(bar.getByRole('button', { name: 'Live' })).toHaveAttribute('aria-pressed', 'true');
  expect(asked, 'the present needs no history').toEqual([]);

  await bar.getByRole('button', { name: '6h', exact: true }).click();
  await expect(page).toHaveURL(/\?range=6h$/);
  await expect(page.getByTestId('shown-time')).toContainText('One point');
  const cpu = page.getByRole('slider', { name: 'CPU', exact: true });
  await expect(cpu).toHaveAttribute('aria-valuemax', String(6 * 3600));
  expect(asked.flatMap((url) => new URL(url).searchParams.getAll('metric'))).toEqual(
    expect.arrayContaining(['cpu.userPercent', 'memory.usedBytes', 'cpu.core0.percent']),
  );

  const box = await cpu.boundingBox();
  if (!box) throw new Error('the chart has no box');
  await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/\?from=\d+&to=\d+$/);
  const memory = page.getByRole('slider', { name: 'Memory', exact: true });
  const shown = new URL(page.url()).searchParams;
  const seconds = (Number(shown.get('to')) - Number(shown.get('from'))) / 1000;
  expect(seconds / 3600).toBeCloseTo(1.5, 1);
  await expect.poll(async () => Number(await memory.getAttribute('aria-valuemax'))).toBeCloseTo(seconds, 0);

  await page.goBack();
  await expect(page).toHaveURL(/\?range=6h$/);
  await expect(bar.getByRole('button', { name: '6h', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await bar.getByRole('button', { name: '6h', exact: true }).press('l');
  await expect(page).toHaveURL(/\/$/);
  await expect(cpu).toHaveAttribute('aria-valuemin', '-300');
});

test('figures follow the time that is shown, or say that they are of now', async ({ page, server }) => {
  await page.goto(`${server.url}/?range=15m`);
  const memory = page.getByRole('region', { name: 'Memory', exact: true });
  await expect(memory.getByText('ø').first()).toBeVisible();
  await expect(memory.getByTitle('Lowest and highest of the time shown').first()).toHaveText(/\d.* – .*\d/);
  await expect(
    page.getByRole('region', { name: 'Processes' }).getByText('now', { exact: true }),
  ).toBeVisible();
  await expect(memory.getByText('now', { exact: true })).toHaveCount(0);
  const tile = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Memory' }) });
  await expect(tile).toContainText(/\d\s[KMG]B/);
  // Long before this server ran: nothing is known there, and what is now is not shown for it.
  await expect(async () => {
    // A key that is pressed before the page listens is nobody's.
    await memory.getByRole('slider').press('Home');
    await expect(tile).toContainText('–', { timeout: 2_000 });
  }).toPass();
  await expect(memory.getByRole('slider')).toHaveAttribute('aria-valuetext', /–/);
});

test('a peak of a second is seen in an hour', async ({ page, server }) => {
  await page.goto(`${server.url}/?range=6h`);
  await expect(page.getByTestId('band-cpu').first().locator('path')).toHaveAttribute('d', /^M[\d. ]+L/);
});

test('a link shows its time at once', async ({ page, server }) => {
  const to = Date.now() - 3_600_000;
  await page.goto(`${server.url}/?from=${to - 600_000}&to=${to}`);
  await expect(page.getByRole('slider', { name: 'CPU', exact: true })).toHaveAttribute(
    'aria-valuemax',
    '600',
  );
  await expect(page.getByRole('button', { name: 'Live', exact: true })).toHaveAttribute(
    'aria-pressed',
    'false',
  );
});

test('what joins live rows draws on at the right edge', async ({ page, server }) => {
  await page.goto(`${server.url}/?range=15m`);
  const path = page.getByTestId('traces-memory').locator('path').first();
  await expect(path).toHaveAttribute('d', /^M[\d. ]+L/);
  const before = (await path.getAttribute('d')) ?? '';
  await expect(path).not.toHaveAttribute('d', before);
});

test('unreadable history is reported, and read on retry', async ({ page, server, pageErrors }) => {
  let refused = 0;
  await page.route('**/api/history?**', (route) => {
    refused += 1;
    return route.abort();
  });
  // A stretch that ended is not read again by itself.
  const to = Date.now() - 60_000;
  await page.goto(`${server.url}/?from=${to - 600_000}&to=${to}`);
  await expect(page.getByRole('alert').filter({ hasText: 'could not be read' })).toBeVisible();
  // A chart that comes later needs more of history, which is read by itself too.
  await expect
    .poll(async () => {
      const before = refused;
      await page.waitForTimeout(1_500);
      return refused - before;
    })
    .toBe(0);
  await page.unroute('**/api/history?**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('shown-time')).toContainText('One point');
  forgive(pageErrors, /net::ERR_FAILED/);
});

test('wheel and fingers go through time, and the way back is one step', async ({ page, server }) => {
  await page.goto(`${server.url}/?range=1h`);
  const cpu = page.getByRole('slider', { name: 'CPU', exact: true });
  await expect(page.getByTestId('shown-time')).toContainText('One point');
  const box = await cpu.boundingBox();
  if (!box) throw new Error('the chart has no box');
  await page.mouse.move(box.x + 100, box.y + 50);
  // The first turn loads what moves.
  await expect(async () => {
    await page.mouse.wheel(-120, 0);
    await expect(page).toHaveURL(/\?from=\d+&to=\d+$/, { timeout: 5_000 });
  }).toPass();
  const fixed = new URL(page.url()).searchParams;
  expect(Number(fixed.get('to')) - Number(fixed.get('from'))).toBe(3_600_000);
  await page.getByRole('button', { name: 'Back to the time shown before' }).click();
  await expect(page).toHaveURL(/\?range=1h$/);
  await expect(page.getByRole('button', { name: 'Back to the time shown before' })).toBeDisabled();

  await pinch(page, cpu);
  await expect(page).toHaveURL(/\?from=\d+&to=\d+$/);
  const pinched = new URL(page.url()).searchParams;
  const seconds = (Number(pinched.get('to')) - Number(pinched.get('from'))) / 1_000;
  expect(seconds / 3_600).toBeGreaterThan(0.2);
  expect(seconds / 3_600).toBeLessThan(0.3);
});

test('on a touch screen the first pinch moves time', async ({ browser, server }) => {
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 400, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${server.url}/?range=1h`);
  await expect(page.getByTestId('shown-time')).toContainText('One point');
  const cpu = page.getByRole('slider', { name: 'CPU', exact: true });
  await cpu.scrollIntoViewIfNeeded();
  // Without a touch: what fingers need comes by itself.
  await expect.poll(() => listensTo(page, 'pointermove')).toBe(true);
  await pinch(page, cpu);
  await expect(page).toHaveURL(/\?from=\d+&to=\d+$/);
  await context.close();
});

test('after a drag the arrows go through time; a stretch that reaches past now is filled', async ({
  page,
  server,
}) => {
  const from = Date.now() - 60_000;
  await page.goto(`${server.url}/?from=${from}&to=${from + 120_000}`);
  const cpu = page.getByRole('slider', { name: 'CPU', exact: true });
  await expect(page.getByTestId('shown-time')).toContainText('One point');
  await expect(cpu).toBeVisible();
  const drawn = () =>
    page
      .locator('main path[d]')
      .evaluateAll((paths) => paths.reduce((sum, path) => sum + (path.getAttribute('d') ?? '').length, 0));
  const before = await drawn();
  await expect.poll(drawn).toBeGreaterThan(before);

  const box = await cpu.boundingBox();
  if (!box) throw new Error('the chart has no box');
  await page.mouse.move(box.x + 0.1 * box.width, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.4 * box.width, box.y + 50, { steps: 4 });
  await page.mouse.up();
  await expect(page).not.toHaveURL(new RegExp(`from=${from}&`));
  const zoomed = page.url();
  await page.keyboard.press('ArrowLeft');
  await expect(page).not.toHaveURL(zoomed);
});

test('a panel alone shows the time of its address, and reports what it does not understand', async ({
  page,
  server,
}) => {
  const cpu = page.getByRole('slider', { name: 'CPU', exact: true });
  await page.goto(`${server.url}/embed/cpu?range=1h`);
  await expect(cpu).toHaveAttribute('aria-valuemax', '3600');
  await expect(page.getByText('ø').first()).toBeVisible();
  const to = Date.now() - 3_600_000;
  await page.goto(`${server.url}/embed/cpu?from=${to - 600_000}&to=${to}`);
  await expect(cpu).toHaveAttribute('aria-valuemax', '600');
  await page.goto(`${server.url}/embed/cpu?range=soon`);
  await expect(page.getByRole('status').filter({ hasText: 'The range in the address' })).toBeVisible();
  await expect(cpu).toHaveAttribute('aria-valuemin', '-300');
  await page.goto(`${server.url}/embed/processes?range=1h`);
  await expect(page.getByText('now', { exact: true })).toBeVisible();
});

test('an address may name its panels', async ({ page, server }) => {
  await page.goto(`${server.url}/?panels=memory,nope,cpu`);
  await expect(page.getByRole('status').filter({ hasText: 'There is no panel nope' })).toBeVisible();
  await expect(page.getByRole('slider')).toHaveCount(2);
  await expect(page.getByRole('slider').first()).toHaveAttribute('aria-label', 'Memory');
  await page.getByRole('button', { name: '1h', exact: true }).click();
  await expect(page).toHaveURL(/\?panels=memory,nope,cpu&range=1h$/);
  await page.goto(`${server.url}/?range=never`);
  await expect(page.getByRole('status').filter({ hasText: 'The range in the address' })).toBeVisible();
});
