import type { Page } from '@playwright/test';
import { publishSurely } from './publisher';
import { type RunningServer, startServer } from './server';
import { shiftsOf, watchShifts } from './shifts';
import { brokenConnection, expect, forgive, test } from './test';

const state = (page: Page) => page.getByTestId('state');
const frames = (page: Page) => page.getByTestId('frames');
const note = (page: Page) => page.getByTestId('note');
const rows = (page: Page, kind: string) => frames(page).locator(`[data-kind="${kind}"]`);

async function open(page: Page, server: RunningServer, query = ''): Promise<void> {
  await page.goto(`${server.url}/stream${query}`);
  await expect(state(page)).toHaveAttribute('data-state', 'open');
}

/** Keeps every byte that the page's own streams got, so that what it shows can be held against it. */
async function tapStreams(page: Page): Promise<() => Promise<readonly { sentId: string; text: string }[]>> {
  await page.addInitScript(() => {
    const taps: { sentId: string; text: string }[] = [];
    Object.assign(window, { taps });
    const real = window.fetch;
    window.fetch = async (...request) => {
      const answer = await real(...request);
      const headers = new Headers(request[1]?.headers);
      if (!answer.body || headers.get('accept') !== 'text/event-stream') return answer;
      const tap = { sentId: headers.get('last-event-id') ?? '', text: '' };
      taps.push(tap);
      const [own, copy] = answer.body.tee();
      const decoder = new TextDecoder();
      const reader = copy.getReader();
      const read = async (): Promise<void> => {
        const { done, value } = await reader.read();
        if (done) return;
        tap.text += decoder.decode(value, { stream: true });
        return read();
      };
      read().catch(() => {});
      return new Response(own, answer);
    };
  });
  return () => page.evaluate(() => (window as unknown as { taps: { sentId: string; text: string }[] }).taps);
}

const idsIn = (text: string) => [...text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id ?? '');
const seqOf = (id: string) => Number(id.split('-')[1]);

/** Connects without waiting, unless the page has come back by itself before it can be told to. */
const connectNow = (page: Page) =>
  page
    .getByRole('button', { name: 'Connect now' })
    .click({ timeout: 5_000 })
    .catch(() => {});

test('every line of every frame is shown as it was sent', async ({ page, server }) => {
  const taps = await tapStreams(page);
  await open(page, server);
  await expect(rows(page, 'id').nth(2)).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await frames(page).focus();
  await page.keyboard.press('Home');
  await expect(rows(page, 'request')).toContainText('> GET /api/events');
  await expect(rows(page, 'response')).toContainText('< 200 text/event-stream; charset=utf-8');
  const shown = await frames(page)
    .locator('[data-kind="retry"], [data-kind="event"], [data-kind="id"]')
    .evaluateAll((lines) => lines.map((line) => line.querySelector('span.whitespace-pre')?.textContent));
  const sent = ((await taps())[0]?.text ?? '').split('\n').filter((line) => /^(retry|event|id):/.test(line));
  expect(shown.length).toBeGreaterThan(4);
  expect(shown).toEqual(sent.slice(0, shown.length));
});

test('a picked line is explained, its frame is shown whole, and JSON pretty on demand', async ({
  page,
  server,
}) => {
  const taps = await tapStreams(page);
  await open(page, server);
  await page.getByRole('button', { name: 'Pause' }).click();
  const line = rows(page, 'data').last();
  await line.click();
  const frame = page.getByTestId('frame');
  const text = (await frame.textContent()) ?? '';
  expect((await taps())[0]?.text).toContain(text.trimEnd());
  await expect(page.getByRole('tabpanel')).toContainText('event.data');
  await page.getByLabel('Pretty JSON').check();
  const data =
    text
      .split('\n')
      .find((one) => one.startsWith('data: '))
      ?.slice(6) ?? '';
  await expect(frame).toHaveText(JSON.stringify(JSON.parse(data), null, 2), { useInnerText: true });

  await frames(page).focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('tabpanel')).toContainText('new EventSource(url)');
  for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  await expect(page.getByRole('tabpanel')).toContainText('does not bring everyone back');
  await expect(page.getByRole('option', { selected: true })).toContainText('retry: ');
  await page.keyboard.press('Escape');
  await expect(frames(page)).toHaveAttribute('data-following', 'true');
});

test('after a cut: counted down, resumed from the id that was shown, the replay marked, no id missed', async ({
  page,
  server,
}) => {
  const taps = await tapStreams(page);
  await open(page, server);
  await expect(rows(page, 'id').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cut' }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'waiting');
  const cutAt = Date.now();
  await expect(state(page)).toHaveText(/back in \d\.\d s/);
  const [, retry, id] =
    /Waiting (\d+) ms.*Last-Event-ID: (\S+)/.exec((await note(page).textContent()) ?? '') ?? [];
  await expect(rows(page, 'ended')).toContainText(`cut here · retry in ${retry} ms`);
  expect(Number(retry)).toBeGreaterThanOrEqual(2000);
  await expect(state(page)).toHaveAttribute('data-state', 'open');
  expect(Date.now() - cutAt).toBeGreaterThan(Number(retry) - 500);
  await expect(note(page)).toHaveText(
    new RegExp(`Resumed after ${id}: [1-9]\\d* events replayed, no id missed`),
  );

  await page.getByRole('button', { name: 'Show it' }).click();
  await expect(rows(page, 'position')).toContainText(`> Last-Event-ID: ${id}`);
  await expect(frames(page).locator('[data-replay] >> text=replay').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Reconnects' })).toContainText('1');

  const [before, after] = await taps();
  expect(before?.sentId).toBe('');
  expect(idsIn(before?.text ?? '').at(-1)).toBe(id);
  expect(after?.sentId).toBe(id);
  const seqs = [before, after].flatMap((tap) => idsIn(tap?.text ?? '')).map(seqOf);
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  await expect(page.getByRole('region', { name: 'Ids' })).toContainText('none missed');
});

test('a filter here hides, a filter at the server requests less, from the same position', async ({
  page,
  server,
}) => {
  await open(page, server);
  await expect(rows(page, 'event').filter({ hasText: 'memory' }).first()).toBeVisible();
  await page.getByRole('button', { name: /^cpu:/ }).click();
  await expect(rows(page, 'event').filter({ hasText: 'memory' })).toHaveCount(0);
  await expect(page.getByTestId('request')).toHaveText('GET/api/events');

  await page.getByText('at the server').click();
  await expect(page.getByTestId('request')).toHaveText('GET/api/events?types=cpu');
  await expect(page).toHaveURL(/\/stream\?types=cpu$/);
  await expect(state(page)).toHaveAttribute('data-state', 'open');
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(page.getByRole('button', { name: /^cpu: [2-9]/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'memory: 0' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Ids' })).toContainText('none missed');
  await expect(page.getByRole('button', { name: /^hello/ })).toBeDisabled();
  await page.getByRole('tab', { name: 'Connection' }).click();
  await expect(page.getByTestId('connections')).toContainText('left for another request');
});

test('a message that is published comes back with the id that was acknowledged', async ({ page, server }) => {
  await open(page, server, '?types=message');
  await page.getByLabel('Publish a message').fill('说 "hello" 🦊');
  await page.keyboard.press('Enter');
  const said = page.getByText(/^201 · on disk as \S+ · back here after/);
  await expect(said).toBeVisible();
  const id = /as (\S+)/.exec((await said.textContent()) ?? '')?.[1] ?? '';
  await expect(rows(page, 'id').filter({ hasText: id })).toContainText('yours');
  await expect(rows(page, 'data').last()).toContainText('说 \\"hello\\" 🦊');
  // The default type has no event line.
  await expect(rows(page, 'event').filter({ hasText: 'message' })).toHaveCount(0);
});

test('a paused list stands still while the stream goes on', async ({ page, server }) => {
  await open(page, server);
  await expect(rows(page, 'id').first()).toBeVisible();
  const shown = () => frames(page).innerText();
  await page.getByRole('button', { name: 'Pause' }).click();
  const before = await shown();
  await expect(page.getByRole('button', { name: /Resume.*[1-9]\d* new/ })).toBeVisible();
  expect(await shown()).toBe(before);
  await page.getByRole('button', { name: /Resume/ }).click();
  await expect.poll(shown).not.toBe(before);
  await expect(page.getByRole('region', { name: 'Ids' })).toContainText('none missed');
});

test('a slow reader reads nothing, and then everything', async ({ page, server }) => {
  await open(page, server);
  await page.getByRole('button', { name: 'Slow reader' }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'slow');
  await expect(note(page)).toContainText(/Nothing read for ([2-9]|\d\d+) s/);
  const all = page.getByRole('button', { name: /^all/ });
  const before = await all.textContent();
  await page.waitForTimeout(1500);
  expect(await all.textContent()).toBe(before);
  await page.getByRole('button', { name: 'Slow reader' }).click();
  await expect(all).not.toHaveText(before ?? '');
  await expect(page.getByRole('region', { name: 'Ids' })).toContainText('none missed');
});

test('its figures of the connection are true, and its curl command opens the same stream', async ({
  page,
  server,
}) => {
  await open(page, server);
  await page.getByRole('tab', { name: 'Connection' }).click();
  await expect(page.getByTestId('protocol')).toContainText('http/1.1');
  await expect(page.getByTestId('headers')).toContainText('text/event-stream; charset=utf-8');
  await expect(page.getByTestId('headers')).toContainText('no-cache, no-transform');
  const curl = /^curl -N -H 'Last-Event-ID: (\S+)' '(.+)'$/;
  await expect(page.getByTestId('curl')).toHaveText(curl);
  const [, id, url] = curl.exec((await page.getByTestId('curl').textContent()) ?? '') ?? [];
  expect(url).toBe(`${server.url}/api/events`);
  const answer = await fetch(url ?? '', { headers: { 'Last-Event-ID': id ?? '' }, method: 'HEAD' });
  expect(answer.status).toBe(200);
});

test('a server that goes away and comes back is friendly to both ends', async ({ page, pageErrors }) => {
  const first = await startServer({ HOSTBEAT_INTERVAL_MS: '500' });
  await open(page, first);
  await expect(rows(page, 'id').first()).toBeVisible();
  await publishSurely(first.url, [{ type: 'message', data: { text: 'before' } }]);
  await first.stop();
  await expect(note(page)).toContainText('The server does not answer');
  const second = await startServer({
    HOSTBEAT_INTERVAL_MS: '500',
    PORT: String(first.port),
    HOSTBEAT_DATA_DIR: first.dataDir,
  });
  await connectNow(page);
  await expect(note(page)).toContainText(/Resumed after \S+: .*no id missed/);
  forgive(pageErrors, brokenConnection);
  await second.stop();
});

test('a refusal is shown as what it is, and can be left', async ({ page, server, pageErrors }) => {
  await page.goto(`${server.url}/stream?types=nonsense`);
  await expect(note(page)).toContainText('answered 400');
  await expect(note(page)).toContainText('no event type "nonsense"');
  await page.getByRole('button', { name: /^nonsense/ }).click();
  await expect(state(page)).toHaveAttribute('data-state', 'open');
  forgive(pageErrors, /status of 400/);
});

test('thousands of frames at once: all are counted, and few are in the page', async ({ page, server }) => {
  await open(page, server);
  const batch = Array.from({ length: 100 }, (_, index) => ({ type: 'burst', data: { index } }));
  for (let count = 0; count < 40; count += 1) await publishSurely(server.url, batch);
  await expect(page.getByRole('button', { name: 'burst: 4000' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Ids' })).toContainText('none missed');
  await expect(frames(page)).toHaveAttribute('data-following', 'true');
  await expect(rows(page, 'id').last()).toBeInViewport();
  expect(await frames(page).getByRole('option').count()).toBeLessThan(100);
});

test('nothing shifts while it lives, is cut and comes back', async ({ page, server }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  // Lines that scroll are what the list is for.
  await watchShifts(page, '[role="listbox"]');
  await open(page, server);
  await page.waitForTimeout(1500);
  await page.getByRole('button', { name: 'Cut' }).click();
  await connectNow(page);
  await expect(note(page)).toContainText('Resumed');
  await page.waitForTimeout(1000);
  expect(await shiftsOf(page)).toEqual([]);
});

for (const width of [360, 768, 1024, 1440, 2560]) {
  test(`fits ${width} px without scrolling sideways, in both languages`, async ({ page, server }) => {
    await page.setViewportSize({ width, height: 900 });
    for (const lang of ['en', 'zh']) {
      await open(page, server, `?lang=${lang}`);
      await expect(rows(page, 'data').first()).toBeVisible();
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBeLessThanOrEqual(0);
      }
    }
  });
}

test('a screen reader announces state changes, not frames', async ({ page, server }) => {
  await open(page, server);
  const status = page.locator('p[role="status"]');
  await expect(status).toHaveText('Stream open.');
  const spoken = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let changes = 0;
        const observer = new MutationObserver((records) => {
          changes += records.length;
        });
        for (const region of document.querySelectorAll('[role="status"], [aria-live="polite"], output'))
          observer.observe(region, { subtree: true, childList: true, characterData: true });
        setTimeout(() => resolve(changes), 2500);
      }),
  );
  expect(spoken).toBe(0);
  // All that it says from here on, since what is said in between may be short.
  await status.evaluate((element) => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    new MutationObserver(() => said.push(element.textContent ?? '')).observe(element, {
      ...{ subtree: true, childList: true, characterData: true },
    });
  });
  await page.getByRole('button', { name: 'Cut' }).click();
  await expect(status).toHaveText(/^Stream resumed after/);
  const said = await page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
  expect(said).toContainEqual(expect.stringMatching(/^Connection lost. Trying again in [2-5] seconds\.$/));
});

test('the dashboard leads here', async ({ page, server }) => {
  await page.goto(server.url);
  await page.getByRole('contentinfo').getByRole('link', { name: 'Stream inspector' }).click();
  await expect(page).toHaveTitle(/^Stream · /);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Stream inspector');
});
