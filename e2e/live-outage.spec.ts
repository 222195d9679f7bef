import type { BrowserContext, Page } from '@playwright/test';
import {
  at,
  expectLive,
  expectNext,
  expectWhole,
  handedTo,
  sign,
  statesOf,
  streamsOf,
  transports,
  writeDown,
} from './live-page';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';
import { openValve, type Valve } from './valve';

const samples = ['cpu', 'memory'];

for (const transport of transports) {
  test.describe(transport, () => {
    let valve: Valve;
    let page: Page;

    /** A page that is live through a valve. */
    async function open(context: BrowserContext, server: RunningServer): Promise<void> {
      valve = await openValve(server.port);
      await writeDown(context);
      page = await context.newPage();
      await page.goto(at(valve.url, transport));
      await expectLive(page, transport);
      await expectNext(page, 'cpu');
    }
    test.afterEach(async () => {
      await page.close();
      valve.close();
    });

    test('a cut is repaired without a gap, a duplicate, or a message', async ({ context, server }) => {
      await open(context, server);
      const states = (await statesOf(page)).length;
      for (let cut = 0; cut < 3; cut += 1) {
        valve.cut();
        await expect.poll(() => streamsOf(server)).toBe(0);
        await expect.poll(() => streamsOf(server)).toBe(1);
        await expectNext(page, 'cpu');
      }
      await expectWhole(page, server, samples);
      expect((await statesOf(page)).slice(states)).toEqual([]);
    });

    // A browser sends its next request on a connection that it keeps, which may be as dead as the stream was.
    for (const which of ['streams', 'all'] as const) {
      test(`half-open connections (${which}) are noticed and replaced, and nothing is lost`, async ({
        context,
        server,
      }) => {
        await open(context, server);
        valve.stall(which);
        const stalledAt = Date.now();
        const before = (await handedTo(page)).length;
        await expect
          .poll(async () => (await handedTo(page)).length, { timeout: 240_000, intervals: [250] })
          .toBeGreaterThan(before);
        const tookMs = Date.now() - stalledAt;
        // 25 s after the last byte, and no sooner than a heartbeat could have come; later on a busy machine.
        console.log(`noticed and replaced after ${tookMs} ms`);
        expect(tookMs).toBeGreaterThan(20_000);
        await expectNext(page, 'cpu');
        await expectWhole(page, server, samples);
        await expectLive(page, transport);
      });
    }

    test('a page that was frozen is whole when it thaws', async ({ context, server }) => {
      await open(context, server);
      const session = await context.newCDPSession(page);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await new Promise((resolve) => setTimeout(resolve, 8_000));
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await expectNext(page, 'cpu');
      await expectWhole(page, server, samples);
      await expectLive(page, transport);
    });

    test('a page without a network shows that, and is live as soon as it has one', async ({
      context,
      server,
    }) => {
      await open(context, server);
      await context.setOffline(true);
      valve.shut(true);
      valve.cut();
      await expect(sign(page)).toHaveAttribute('data-state', /offline|reconnecting/);
      await page.waitForTimeout(5_000);
      valve.shut(false);
      const since = Date.now();
      await context.setOffline(false);
      await expectLive(page, transport);
      console.log(`live ${Date.now() - since} ms after the network`);
      await expectNext(page, 'cpu');
      await expectWhole(page, server, samples);
    });

    test('a server that refuses for a while is come back to', async ({ context }) => {
      const crowded = await startServer({ HOSTBEAT_MAX_STREAMS: '2' });
      await open(context, crowded);
      const rival = new AbortController();
      // The page, cut off, finds the places taken.
      valve.shut(true);
      valve.cut();
      await expect.poll(() => streamsOf(crowded)).toBe(0);
      const occupy = () => fetch(`${crowded.url}/api/events`, { signal: rival.signal });
      // Referred to until the end of the test: a collected answer ends its stream.
      const taken = [await occupy(), await occupy()];
      const refusedSoFar = valve.refused;
      valve.shut(false);
      await expect.poll(() => valve.refused).toBeGreaterThan(refusedSoFar);
      await expect(sign(page)).toHaveAttribute('data-state', /offline|reconnecting/);
      expect(taken.map(({ status }) => status)).toEqual([200, 200]);
      rival.abort();
      await expectLive(page, transport);
      await expectNext(page, 'cpu');
      await expectWhole(page, crowded, samples);
      await crowded.stop();
    });
  });
}
