import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { WebSocket } from 'undici';
import { at, runsOf, streamsOf, transports } from './live-page';
import { test as base, expect } from './test';

/** A browser as its users have it: Playwright turns off the cache that this is about, and cannot follow into it. */
async function openBrowser() {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-browser-'));
  const child = spawn(process.env.HOSTBEAT_TEST_CHROMIUM || chromium.executablePath(), [
    '--headless=new',
    '--no-sandbox',
    '--no-first-run',
    '--disable-background-networking',
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
    'about:blank',
  ]);
  const port = await new Promise<string>((resolve) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      const found = /listening on ws:\/\/[^:]+:(\d+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
  });
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  let calls = 0;
  const send = (method: string, params: object = {}) =>
    new Promise<{ result?: { value?: unknown } }>((resolve) => {
      calls += 1;
      const call = calls;
      const receive = ({ data }: { data: string }) => {
        const answer = JSON.parse(data);
        if (answer.id !== call) return;
        socket.removeEventListener('message', receive);
        resolve(answer.result ?? {});
      };
      socket.addEventListener('message', receive);
      socket.send(JSON.stringify({ id: call, method, params }));
    });
  return {
    goto: (url: string) => send('Page.navigate', { url }),
    /** The value of an expression in the page; `undefined` while it has none. */
    read: async (expression: string) =>
      (await send('Runtime.evaluate', { expression, returnByValue: true })).result?.value,
    async close() {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      void send('Browser.close');
      await exited;
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    },
  };
}

const test = base.extend<{ browserOfUsers: Awaited<ReturnType<typeof openBrowser>> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from its first argument.
  browserOfUsers: async ({}, use) => {
    const browser = await openBrowser();
    await use(browser);
    await browser.close();
  },
});

for (const transport of transports) {
  test(`a page that its reader comes back to is live again (${transport})`, async ({
    server,
    browserOfUsers: browser,
  }) => {
    const before = await streamsOf(server);
    await browser.goto(at(server.url, transport));
    const badge = () =>
      browser.read(
        `(({ dataset }) => dataset.state + ' ' + dataset.transport)(document.querySelector('[data-state]'))`,
      );
    const trace = () =>
      browser.read(
        // In view, since what is not is not drawn.
        `((path) => (path.scrollIntoView(), path.getAttribute('d')))(document.querySelector('[data-testid="traces-cpu"] path'))`,
      );
    await expect.poll(badge).toBe(`live ${transport}`);
    await expect.poll(() => streamsOf(server)).toBe(before + 1);
    await browser.read(`addEventListener('pageshow', (event) => { globalThis.kept = event.persisted; })`);
    await browser.goto(`${server.url}/icon.svg`);
    await expect.poll(() => streamsOf(server)).toBe(before);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await browser.read('history.back()');
    await expect.poll(badge).toBe(`live ${transport}`);
    const { reasons, kept } = JSON.parse(
      String(
        await browser.read(
          "JSON.stringify({ kept: globalThis.kept, reasons: performance.getEntriesByType('navigation')[0].notRestoredReasons })",
        ),
      ),
    );
    expect(kept, `kept by the browser: ${JSON.stringify(reasons)}`).toBe(true);
    await expect.poll(() => streamsOf(server)).toBe(before + 1);
    await expect.poll(trace).toMatch(/^M/);
    const first = await trace();
    await expect.poll(trace).not.toBe(first);
    // Nothing is missing between what it had and what it has, but for what a busy server did not measure.
    await expect
      .poll(async () => (String(await trace()).match(/M/g)?.length ?? 0) - (await runsOf(server, 500)))
      .toBe(0);
  });
}
