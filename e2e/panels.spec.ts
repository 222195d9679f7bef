import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from '@playwright/test';
import { type RunningServer, startServer } from './server';
import { movable, outlive, shiftsOf, watchShifts } from './shifts';
import { expect, test } from './test';

/** A machine with every kind of reading, so that every panel has something to show. */
let demo: RunningServer;
test.beforeAll(async () => {
  demo = await startServer({ HOSTBEAT_DEMO: '7', HOSTBEAT_INTERVAL_MS: '500' });
  // Panels come with what they are of: a page that opens in the first second sees them come.
  const known = async () => {
    const { items } = await (await fetch(`${demo.url}/api/metrics`)).json();
    return new Set(items.map(({ name }: { name: string }) => name.split('.')[0]));
  };
  await expect
    .poll(known)
    .toEqual(new Set(['cpu', 'memory', 'pressure', 'network', 'disk', 'filesystem', 'sensor', 'containers']));
});
test.afterAll(() => demo.stop());

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const rows = (panel: Locator) => panel.locator('tbody tr');
const figure = /[\d.,]+\u202f\S+/;

for (const [name, type] of [
  ['Pressure', 'pressure'],
  ['Disks', 'disk'],
  ['Network', 'network'],
  ['Sensors', 'sensor-data'],
] as const) {
  test(`${name} draws what comes`, async ({ page }) => {
    await page.goto(demo.url);
    const panel = region(page, name);
    const path = panel.locator(`[data-testid="traces-${type}"] path:not([data-mark])`).last();
    // What is out of view is not drawn.
    await panel.scrollIntoViewIfNeeded();
    await expect(path).toHaveAttribute('d', /^M[\d. ]+L/);
    const before = await path.getAttribute('d');
    await expect(path).not.toHaveAttribute('d', before ?? '');
    await expect(panel).toContainText(figure);
  });
}

test('the processes that take most come first, by CPU or by memory', async ({ page }) => {
  await page.goto(demo.url);
  const panel = region(page, 'Processes');
  await expect(rows(panel)).toHaveCount(10);
  await expect(panel.getByRole('columnheader', { name: 'CPU' })).toHaveAttribute('aria-sort', 'descending');
  await panel.getByRole('button', { name: 'Memory' }).click();
  await expect(panel.getByRole('columnheader', { name: 'Memory' })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
  const megabytes = async () => {
    const texts = await rows(panel).locator('td:nth-of-type(3)').allTextContents();
    const unit = { KB: 1 / 1024, MB: 1, GB: 1024 };
    return texts.map((text) => {
      const [number, name] = text.split('\u202f');
      return Number(number) * (unit[name as keyof typeof unit] ?? Number.NaN);
    });
  };
  const [first = 0, ...others] = await megabytes();
  expect(others).toHaveLength(9);
  // Rows that are nearly equal do not change places.
  expect(first * 1.3).toBeGreaterThan(Math.max(...others));
});

test('a process shows its command to the mouse and to the keyboard', async ({ page }) => {
  await page.goto(demo.url);
  const panel = region(page, 'Processes');
  const third = rows(panel).nth(2).getByRole('button');
  await third.focus();
  const command = (await third.getAttribute('title')) ?? '';
  await expect(panel.getByText(command).last()).toBeVisible();
});

test('an interface or a device that is chosen is drawn', async ({ page }) => {
  await page.goto(demo.url);
  for (const name of ['Network', 'Disks']) {
    const panel = region(page, name);
    const second = rows(panel).nth(1).getByRole('button');
    await expect(second).toHaveAttribute('aria-pressed', 'false');
    await second.click();
    await expect(second).toHaveAttribute('aria-pressed', 'true');
    await expect(panel.locator('.panel-note')).toHaveText((await second.textContent()) ?? '');
  }
});

test('file systems, sensors and containers say what there is', async ({ page }) => {
  await page.goto(demo.url);
  const filesystems = region(page, 'File systems');
  await expect(filesystems).toContainText('/srv/archive');
  await expect(filesystems).toContainText('read-only');
  await expect(filesystems.getByRole('listitem').first()).toContainText(/[\d.]+\u202f[GT]B of .*%/);

  const sensors = region(page, 'Sensors');
  for (const kind of ['Temperatures', 'Fans', 'Power', 'Batteries', 'Humidity', 'Voltages']) {
    await expect(sensors.getByRole('heading', { name: kind, exact: true })).toBeVisible();
  }
  await expect(sensors).toContainText('highest of 8');
  const folded = await sensors.getByRole('listitem').count();
  await sensors.getByRole('button', { name: /^Show all/ }).click();
  expect(await sensors.getByRole('listitem').count()).toBeGreaterThan(folded + 6);

  const containers = region(page, 'Containers');
  await expect(rows(containers)).toHaveCount(12);
  await expect(containers).toContainText('healthy');
});

test('the panels leave no empty place at any width', async ({ page }) => {
  for (const width of [360, 768, 1024, 1440, 1920, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(demo.url);
    await expect(region(page, 'Containers')).toBeVisible();
    const ragged = await page.evaluate(() => {
      const lines = new Map<number, DOMRect[]>();
      for (const panel of document.querySelectorAll('main section')) {
        const box = panel.getBoundingClientRect();
        lines.set(Math.round(box.top), [...(lines.get(Math.round(box.top)) ?? []), box]);
      }
      const main = document.querySelector('main')?.getBoundingClientRect() ?? new DOMRect();
      const padding = Number.parseFloat(
        getComputedStyle(document.querySelector('main') ?? document.body).paddingLeft,
      );
      return [...lines.values()]
        .filter((line) => {
          const [left, right] = [
            Math.min(...line.map((box) => box.left)),
            Math.max(...line.map((box) => box.right)),
          ];
          const even = new Set(line.map((box) => Math.round(box.bottom))).size === 1;
          return (
            !even || Math.abs(left - main.left - padding) > 1 || Math.abs(main.right - padding - right) > 1
          );
        })
        .map((line) =>
          line.map(({ left, right, top, bottom }) => [left, right, top, bottom].map(Math.round)),
        );
    });
    expect(ragged, `${width} px`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${width} px`).toBeLessThanOrEqual(0);
  }
});

test('nothing shifts while every panel lives', async ({ page }) => {
  // All of it in view: what cannot be seen does not count as shifted.
  await page.setViewportSize({ width: 1440, height: 3000 });
  await watchShifts(page, movable);
  await page.goto(demo.url);
  await expect(rows(region(page, 'Processes'))).toHaveCount(10);
  await outlive(page, 12);
  expect(await shiftsOf(page)).toEqual([]);
});

test('values of seconds ago are shown at the crosshair, and no row is lost', async ({ page }) => {
  await page.goto(demo.url);
  await expect(rows(region(page, 'Processes'))).toHaveCount(10);
  await page.getByRole('slider', { name: 'CPU' }).focus();
  await page.keyboard.press('Home');
  await expect(rows(region(page, 'Processes'))).toHaveCount(10);
  await expect(rows(region(page, 'Network'))).toHaveCount(2);
  await expect(rows(region(page, 'Processes')).first()).toContainText('–');
  await page.keyboard.press('Escape');
  await expect(rows(region(page, 'Processes')).first()).toContainText(figure);
});

const embeds = {
  pressure: /Pressure/,
  network: /eth0/,
  disk: /nvme0n1/,
  filesystem: /\/srv\/media/,
  sensors: /Package id 0/,
  processes: /processes/,
  containers: /postgres/,
  'sensor:winter-garden': /Winter garden.*°C.*%/,
} as const;

for (const [panel, text] of Object.entries(embeds)) {
  test(`/embed/${panel} is alone in its frame, in both languages, and fits a small one`, async ({ page }) => {
    await page.setViewportSize({ width: 420, height: 300 });
    await page.goto(`${demo.url}/embed/${panel}`);
    await expect(page.locator('main')).toContainText(text);
    await expect(page.locator('main')).toContainText(figure);
    await expect(page.getByRole('banner')).toHaveCount(0);
    await page.setViewportSize({ width: 200, height: 100 });
    await page.goto(`${demo.url}/embed/${panel}?lang=zh`);
    await expect(page.locator('main section')).toBeVisible();
    const excess = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth - window.innerWidth, scrollHeight - window.innerHeight];
    });
    expect(excess.every((pixels) => pixels <= 0)).toBe(true);
    const sideways = await page.evaluate(() =>
      [...document.querySelectorAll('main .scrolling')].map((box) => box.scrollWidth - box.clientWidth),
    );
    expect(sideways.every((pixels) => pixels <= 0)).toBe(true);
    // No column of names gives all its room to the figures beside it. A table that has no room is not shown.
    const names = await page
      .locator('main tbody th')
      .evaluateAll((cells) => cells.filter((cell) => cell.checkVisibility()).map((cell) => cell.clientWidth));
    expect(names.filter((width) => width < 60)).toEqual([]);
  });
}

test('the command line below the processes of a frame is as high as its text', async ({ page }) => {
  await page.setViewportSize({ width: 480, height: 260 });
  await page.goto(`${demo.url}/embed/processes`);
  const command = page.locator('main table + p');
  await expect(command).toContainText(/^\d+ /);
  expect(await command.evaluate(({ clientHeight, scrollHeight }) => scrollHeight - clientHeight)).toBe(0);
});

test('without sensors the panel shows a command, which makes one', async ({ page }) => {
  const bare = await startServer({ HOSTBEAT_SYS: '/nowhere', HOSTBEAT_INTERVAL_MS: '500' });
  await page.goto(`${bare.url}/?lang=en`);
  const sensors = region(page, 'Sensors');
  await expect(sensors).toContainText('No sensors on this machine');
  // Only the browser knows where it reaches the server.
  await expect(sensors.locator('code')).toContainText(bare.url);
  const command = (await sensors.locator('code').textContent()) ?? '';
  const [, body = '', url = ''] = /^curl -d (\S+) (\S+)$/.exec(command) ?? [];
  await promisify(execFile)('curl', ['-sSf', '-d', body, url]);
  await expect(sensors).toContainText('greenhouse');
  await expect(sensors).toContainText('23.5\u202f°C');
  await page.goto(`${bare.url}/embed/sensor:greenhouse`);
  await expect(page.locator('main')).toContainText('23.5\u202f°C');
  await page.close();
  await bare.stop();
});

test('the page of an unknown sensor shows how to send one', async ({ page }) => {
  await page.goto(`${demo.url}/embed/sensor:attic`);
  await expect(page.locator('main')).toContainText('attic');
  await expect(page.locator('code')).toContainText('/api/sensors/attic');
});
