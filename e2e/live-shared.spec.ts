import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectLive, expectNext, expectWhole, handedTo, sign, streamsOf, writeDown } from './live-page';
import { startServer } from './server';
import { expect, test } from './test';

test('eight tabs and twenty frames on one page are live over one connection', async ({ context }) => {
  test.setTimeout(900_000);
  let server: Awaited<ReturnType<typeof startServer>> | null = null;
  const site = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    const frame = (index: number) =>
      `<iframe width="240" height="150" src="${server?.url}/embed/${index % 2 ? 'cpu' : 'memory'}"></iframe>`;
    response.end(`<!doctype html>${Array.from({ length: 20 }, (_, index) => frame(index)).join('')}`);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  server = await startServer({ HOSTBEAT_FRAME_ANCESTORS: origin });
  await writeDown(context);

  const tabs = [];
  for (let tab = 0; tab < 8; tab += 1) {
    const page = await context.newPage();
    await page.goto(server.url);
    tabs.push(page);
  }
  const page = await context.newPage();
  await page.setViewportSize({ width: 1400, height: 1000 });
  await page.goto(origin);
  await expect.poll(() => page.frames().length).toBe(21);
  const pages = [...tabs, ...page.frames().slice(1)];
  for (const one of pages) await expectLive(one, 'worker');
  expect(await streamsOf(server)).toBe(1);
  for (const one of pages) await expectNext(one, one.url().endsWith('memory') ? 'memory' : 'cpu');
  expect(await streamsOf(server)).toBe(1);
  for (const one of [tabs[0], tabs[7]]) if (one) await expectWhole(one, server, ['cpu', 'memory']);

  for (const tab of tabs) await tab.close();
  expect(await streamsOf(server), 'the frames are still there').toBe(1);
  await page.close();
  await expect.poll(() => streamsOf(server)).toBe(0);
  site.close();
  await server.stop();
});

test('types that join later come whole, and those that are there miss and double nothing', async ({
  context,
  server,
}) => {
  await writeDown(context);
  const first = await context.newPage();
  await first.goto(`${server.url}/embed/cpu`);
  await expectLive(first, 'worker');
  await expectNext(first, 'cpu');

  const second = await context.newPage();
  await second.goto(`${server.url}/embed/memory`);
  await expectLive(second, 'worker');
  await expectNext(second, 'memory');
  const third = await context.newPage();
  await third.goto(server.url);
  await expectLive(third, 'worker');
  await expectNext(third, 'cpu');
  await expect.poll(() => streamsOf(server), { message: 'the way to the past is closed again' }).toBe(1);

  await second.close();
  await third.close();
  // Longer than it takes until what nobody wants is no longer streamed.
  await first.waitForTimeout(7_000);
  const fourth = await context.newPage();
  await fourth.goto(`${server.url}/embed/memory`);
  await expectNext(fourth, 'memory');
  await expectNext(first, 'cpu');
  await expectWhole(first, server, ['cpu']);
  await expectWhole(fourth, server, ['memory']);
  const received = await handedTo(first);
  expect(received.filter(({ type }) => type === 'memory' || type === 'gap')).toEqual([]);
  // All but the newest of the past came, not only what happened since it joined.
  expect((await handedTo(fourth)).filter(({ type }) => type === 'memory').length).toBeGreaterThan(20);
});

test('a hidden page is served rarely, and is complete at once when it is visible', async ({
  context,
  server,
}) => {
  await writeDown(context);
  const page = await context.newPage();
  await page.goto(server.url);
  await expectLive(page, 'worker');
  const hide = (hidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, 'visibilityState', {
        configurable: true,
        get: () => (isHidden ? 'hidden' : 'visible'),
      });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  const bursts = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const { handed } = globalThis as unknown as { handed: unknown[] };
          let seen = handed.length;
          let changes = 0;
          const look = setInterval(() => {
            if (handed.length !== seen) changes += 1;
            seen = handed.length;
          }, 50);
          setTimeout(() => {
            clearInterval(look);
            resolve(changes);
          }, 6_200);
        }),
    );
  const seen = await bursts();
  await hide(true);
  const unseen = await bursts();
  expect(seen).toBeGreaterThan(8);
  expect(unseen).toBeLessThanOrEqual(3);
  await hide(false);
  await expectNext(page, 'cpu');
  await expectWhole(page, server, ['cpu', 'memory']);
});

for (const [name, obstacle] of [
  ['missing', () => Reflect.deleteProperty(globalThis, 'SharedWorker')],
  [
    'forbidden',
    () => {
      globalThis.SharedWorker = class {
        constructor() {
          throw new DOMException('denied', 'SecurityError');
        }
      } as unknown as typeof SharedWorker;
    },
  ],
  [
    'mute',
    () => {
      globalThis.SharedWorker = class {
        port = new MessageChannel().port1;
      } as unknown as typeof SharedWorker;
    },
  ],
] as const) {
  test(`where shared workers are ${name}, a page has a connection of its own`, async ({ page, server }) => {
    await page.addInitScript(obstacle);
    await page.goto(server.url);
    await expectLive(page, 'direct');
    expect(await streamsOf(server)).toBe(1);
  });
}

test('a page whose worker dies has another, and misses nothing', async ({ context, server, browser }) => {
  await writeDown(context);
  const page = await context.newPage();
  await page.goto(server.url);
  await expectLive(page, 'worker');
  await expectNext(page, 'cpu');
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send('Target.getTargets');
  const worker = targetInfos.find(({ type }) => type === 'shared_worker');
  await session.send('Target.closeTarget', { targetId: worker?.targetId ?? '' });
  await expect.poll(() => streamsOf(server)).toBe(0);
  await expect.poll(() => streamsOf(server), { timeout: 240_000 }).toBe(1);
  await expectNext(page, 'cpu');
  await expect(sign(page)).toHaveAttribute('data-transport', 'worker');
  const ids = new Set(
    (await handedTo(page)).filter(({ type }) => type === 'cpu').map(({ id }) => Number(id.split('-')[1])),
  );
  const sorted = [...ids].sort((a, b) => a - b);
  expect(sorted.every((id, index) => index === 0 || id - (sorted[index - 1] ?? 0) < 10)).toBe(true);
});
