import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { at, expectLive, sign, transports } from './live-page';
import { expect, test } from './test';

/** Passes all on to a server, and answers for its feed by itself once it is told to. */
async function openGate(port: number, status: number) {
  let isShut = false;
  let asked = 0;
  const gate = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming;
    if (isShut && url.startsWith('/api/events?')) {
      asked += 1;
      outgoing.writeHead(status).end();
      return;
    }
    const onward = request({ port, host: '127.0.0.1', path: url, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    outgoing.on('close', () => onward.destroy());
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
    asked: () => asked,
    shut() {
      isShut = true;
      gate.closeAllConnections();
    },
    close: () => gate.close(),
  };
}

const finals = [
  [204, 'ended', 'The server has closed this feed; reload the page to ask again.'],
  [401, 'refused', 'The sign-in has expired; reload the page to sign in.'],
] as const;

test('204 and 401 are final: a page shows which, and requests no more', async ({ context, server }) => {
  const opened = [];
  for (const [status, state, words] of finals) {
    const gate = await openGate(server.port, status);
    for (const transport of transports) {
      const page = await context.newPage();
      await page.goto(at(gate.url, transport));
      opened.push({ page, gate, transport, state, words });
    }
  }
  for (const { page, transport } of opened) await expectLive(page, transport);
  for (const { gate } of opened) gate.shut();
  for (const { page, state, words } of opened) {
    await expect(sign(page)).toHaveAttribute('data-state', state);
    await expect(page.locator('[data-tone=silent]')).toContainText(words);
  }
  // A request and the question why, of each of two pages.
  for (const { gate } of opened) expect(gate.asked()).toBe(4);
  for (const { page } of opened) await page.evaluate(() => dispatchEvent(new Event('online')));
  await opened[0]?.page.waitForTimeout(2_000);
  for (const { page, gate } of opened) {
    expect(gate.asked()).toBe(4);
    await page.close();
    gate.close();
  }
});
