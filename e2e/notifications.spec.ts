import type { Page } from '@playwright/test';
import { openReceiver, type Receiver } from '../lib/testing/receiver';
import { startServer } from './server';
import { brokenConnection, expect, forgive, test } from './test';

/** A change of an alert, as a script publishes it. Resolves once it is on disk. */
async function publish(
  url: string,
  alertId: string,
  state: 'firing' | 'resolved' = 'firing',
): Promise<boolean> {
  const alert = {
    alertId,
    ruleId: null,
    name: `Alert ${alertId}`,
    kind: 'script',
    severity: 'critical',
    state,
    metric: null,
    value: null,
    threshold: null,
    since: Date.now(),
    message: 'Something is up.',
    culprits: [],
  };
  try {
    const answer = await fetch(`${url}/api/events`, {
      method: 'POST',
      body: JSON.stringify({ type: 'system-alert', data: alert }),
    });
    return answer.status === 201;
  } catch {
    return false;
  }
}

let receiver: Receiver;
test.beforeEach(async () => {
  receiver = await openReceiver();
});
test.afterEach(() => receiver.close());

const field = (page: Page, name: string) => page.getByLabel(name, { exact: false });

test('a channel is added, tested, fails, is mended and removed', async ({ page, server, pageErrors }) => {
  await page.goto(`${server.url}/notifications`);
  await expect(page.getByText('Nobody is told of alerts yet')).toBeVisible();
  await page.getByRole('button', { name: 'Webhook' }).click();

  const form = page.getByRole('form');
  await form.getByRole('button', { name: 'Add' }).click();
  await expect(form.getByText('This is needed.')).toBeVisible();
  await expect(field(page, 'Address')).toBeFocused();
  await field(page, 'Address').fill('example.org');
  await field(page, 'Name').click();
  await expect(form.getByText('Takes an address that begins')).toBeVisible();
  await field(page, 'Address').fill('http://169.254.169.254/latest');
  await form.getByRole('button', { name: 'Add' }).click();
  await expect(form.getByText('leads to an address to which nothing is sent')).toBeVisible();
  forgive(pageErrors, /status of 400/);
  await field(page, 'Address').fill(receiver.url);
  await field(page, 'Secret for the signature').fill('S3CRET');
  await field(page, 'Name').fill('My program');
  await form.getByRole('button', { name: 'Add' }).click();

  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'My program' });
  await row.getByRole('button', { name: 'Send a test' }).click();
  await expect(row.getByText('Delivered in')).toBeVisible();
  expect(receiver.received[0]?.headers['x-hostbeat-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);

  receiver.answer({ status: 404 });
  expect(await publish(server.url, 'refused')).toBe(true);
  const letter = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Alert refused' });
  await expect(letter.getByText('answered 404 (1 attempt)')).toBeVisible();
  await expect(row.getByText('failing')).toBeVisible();
  await letter.getByRole('button', { name: 'Try again' }).click();
  await expect(letter.getByText('It was not delivered: answered 404.')).toBeVisible();
  receiver.answer({ status: 200 });
  await letter.getByRole('button', { name: 'Try again' }).click();
  await expect(letter).toHaveCount(0);
  await expect(row.getByText('working')).toBeVisible();

  await row.getByRole('button', { name: 'Edit' }).click();
  expect(await page.content()).not.toContain('S3CRET');
  await expect(field(page, 'Address')).toHaveAttribute('placeholder', /127\.0\.0\.1:\d+\/… \(unchanged\)/);
  await field(page, 'Name').fill('Renamed');
  await page.getByRole('button', { name: 'Save' }).click();
  const renamed = page.getByRole('listitem').filter({ hasText: 'Renamed' });
  await expect(renamed).toBeVisible();
  const before = receiver.received.length;
  await renamed.getByRole('button', { name: 'Send a test' }).click();
  await expect.poll(() => receiver.received.length).toBe(before + 1);
  expect(receiver.received.at(-1)?.headers['x-hostbeat-signature']).toBeDefined();

  await page.setViewportSize({ width: 360, height: 740 });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await width()).toBe(360);
  await renamed.getByRole('button', { name: 'Remove Renamed' }).click();
  await renamed.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('Nobody is told of alerts yet')).toBeVisible();
});

test('this browser is notified by an open page and by push', async ({ context, page, server }) => {
  await context.grantPermissions(['notifications'], { origin: server.url });
  await page.goto(`${server.url}/notifications`);
  const permission = await page.evaluate(() => Notification.permission);
  if (permission !== 'granted') {
    // Some Chromiums show nothing without a screen, and say that it was denied.
    await expect(page.getByText('Notifications of this site are blocked')).toBeVisible();
    return;
  }
  const whileOpen = page.getByLabel('While Hostbeat is open');
  await whileOpen.check();
  // It is shown as chosen before it is.
  await expect(page.getByText('One moment…')).toBeHidden();
  await expect(whileOpen).toBeEnabled();
  await expect(whileOpen).toBeChecked();
  await page.goto(server.url);
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration('/');
      const all = (await registration?.getNotifications()) ?? [];
      return all.map(({ title, tag }) => `${tag}: ${title}`);
    });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect(page.getByRole('status', { name: 'Connection' })).toHaveText('live');
  await publish(server.url, 'seen');
  await expect.poll(shown).toEqual([expect.stringContaining('seen: Critical: Alert seen')]);
  await publish(server.url, 'seen', 'resolved');
  await expect.poll(shown).toEqual([expect.stringContaining('seen: Resolved: Alert seen')]);

  const devtools = await context.newCDPSession(page);
  const version = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [one] = registrations;
      if (one) resolve(one.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: server.url,
    registrationId: await version,
    data: JSON.stringify({ title: 'Critical: Swap is full', body: 'Look at swap.', tag: 'pushed' }),
  });
  await expect.poll(shown).toContain('pushed: Critical: Swap is full');
});

test('through kill -9 at any time every alert arrives, and repeats can be recognised', async ({
  pageErrors,
}) => {
  forgive(pageErrors, brokenConnection);
  let server = await startServer({ HOSTBEAT_INTERVAL_MS: '1000' });
  const { dataDir } = server;
  const added = await fetch(`${server.url}/api/notifications/channels`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'webhook', name: 'Ledger', url: receiver.url }),
  });
  expect(added.status).toBe(201);
  const kept: string[] = [];
  let number = 0;
  const next = async () => {
    number += 1;
    const id = `k${number}`;
    if (await publish(server.url, id)) kept.push(id);
  };
  for (const meetsDelivery of [true, false, true]) {
    for (let count = 0; count < 4; count += 1) await next();
    if (meetsDelivery) {
      await expect.poll(() => receiver.received.length).toBeGreaterThanOrEqual(kept.length);
      const before = receiver.received.length;
      receiver.answer('hang');
      await next();
      await expect.poll(() => receiver.received.length).toBeGreaterThan(before);
      await next();
    }
    const underWay = [next(), next()];
    await server.stop('SIGKILL');
    await Promise.all(underWay);
    receiver.answer({ status: 200 });
    server = await startServer({ HOSTBEAT_INTERVAL_MS: '1000', HOSTBEAT_DATA_DIR: dataDir });
  }
  const came = () => receiver.received.map(({ json }) => String(json().alertId));
  expect(kept.length).toBeGreaterThanOrEqual(16);
  await expect.poll(() => kept.filter((id) => !came().includes(id))).toEqual([]);

  // In the log's order, and at most one repeat a kill, under the id that it had.
  const ids = receiver.received.map(({ headers }) => String(headers['x-hostbeat-delivery']));
  const repeats = ids.length - new Set(ids).size;
  expect(repeats).toBeGreaterThanOrEqual(2);
  expect(repeats).toBeLessThanOrEqual(3);
  expect(new Set(ids).size).toBe(new Set(came()).size);
  const order = [...new Set(came())].map((id) => Number(id.slice(1)));
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  await server.stop();
});
