import type { Page } from '@playwright/test';
import { post } from './post';
import type { RunningServer } from './server';
import { expect, test } from './test';

const minute = 60_000;

async function publish(server: RunningServer, events: readonly object[]): Promise<void> {
  const { status, text } = await post(server, '/api/events', JSON.stringify(events));
  expect([status, text]).toEqual([201, expect.anything()]);
}

const track = (page: Page) => page.getByRole('list', { name: 'What happened in this time' });

test('alerts, logins and messages are marks that say what they are and lead on, close ones in one', async ({
  page,
  server,
}) => {
  const now = Date.now();
  await publish(server, [
    {
      type: 'message',
      data: {
        t: now - 45 * minute,
        title: 'Backup done',
        text: 'in 4 minutes',
        url: 'https://example.org/b',
      },
    },
    { type: 'system-alert', data: { t: now - 25 * minute, name: 'Tank is empty', severity: 'critical' } },
    { type: 'user-login', data: { t: now - 25 * minute + 1_000, user: 'ada', from: '192.0.2.7' } },
  ]);
  await page.goto(`${server.url}/?from=${now - 60 * minute}&to=${now - 5 * minute}`);
  const backup = track(page).getByRole('button', { name: /^Backup done, / });
  await backup.hover();
  const link = track(page).getByRole('link', { name: /Backup done in 4 minutes.*Open/ });
  await expect(link).toHaveAttribute('href', 'https://example.org/b');
  // The pointer may go from the mark to its words.
  await link.hover();
  await expect(link).toBeVisible();

  await backup.focus();
  await page.keyboard.press('ArrowRight');
  const alert = track(page).getByRole('button', { name: /^Tank is empty \(published\), .*, and 1 more$/ });
  await expect(alert).toBeFocused();
  await expect(track(page).getByText('ada logged in from 192.0.2.7')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(track(page).getByText('ada logged in from 192.0.2.7')).toHaveCount(0);
  // Charts show what may explain them.
  await expect(page.getByTestId('traces-memory').locator('[data-mark=critical]').first()).toHaveAttribute(
    'd',
    /^M\d/,
  );
});

test('a note is a mark at once on every page, at the time that it is about', async ({
  page,
  context,
  server,
}) => {
  const other = await context.newPage();
  await Promise.all([page.goto(server.url), other.goto(server.url)]);
  await expect(
    page.getByRole('slider', { name: 'CPU', exact: true }).locator('path').first(),
  ).toHaveAttribute('d', /^M/);
  await page.keyboard.press('n');
  const form = page.getByRole('form', { name: 'Note something at this time' });
  await expect(form.getByRole('textbox', { name: 'What happened?' })).toBeFocused();
  await page.keyboard.type('Fan swapped, l and n are letters');
  await page.keyboard.press('Enter');
  await expect(form).toHaveCount(0);
  for (const seen of [page, other])
    await expect(async () => {
      // It may be in one with the alert that the login above has set off.
      await track(seen).getByRole('button').last().hover({ timeout: 5_000 });
      await expect(track(seen).getByText('Fan swapped, l and n are letters')).toBeVisible({ timeout: 5_000 });
    }).toPass();
  await other.close();

  // The past may be noted, as far back as notes are kept.
  const to = Date.now() - 24 * 60 * minute;
  await page.goto(`${server.url}/?from=${to - 30 * minute}&to=${to}`);
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await form.getByRole('textbox', { name: 'What happened?' }).fill('Moved to the new switch');
  await form.getByRole('button', { name: 'Save' }).click();
  const mark = track(page).getByRole('button', { name: /^Moved to the new switch, / });
  await mark.click();
  await expect(track(page).getByText(/ to .*\d\d:\d\d/)).toBeVisible();
});

test('a time without data shows why', async ({ page, server }) => {
  const to = Math.floor(Date.now() / minute) * minute - 180 * minute;
  const gap = { from: to - 40 * minute, to: to - 20 * minute, cause: 'server-stopped' };
  const strange = { from: to - 6 * minute, to: to - 5 * minute, cause: 'something-new' };
  await page.route('**/api/history/gaps?**', (route) => route.fulfill({ json: { items: [gap, strange] } }));
  await page.goto(`${server.url}/?from=${to - 60 * minute}&to=${to}`);
  await track(page)
    .getByRole('button', { name: /^Hostbeat was stopped/ })
    .hover();
  await expect(track(page).getByText('No data for 20')).toBeVisible();
  await expect(track(page).getByRole('button', { name: /nobody knows why/ })).toBeVisible();
  const cpu = page.getByRole('slider', { name: 'CPU', exact: true });
  const box = await cpu.boundingBox();
  if (!box) throw new Error('the chart has no box');
  await page.mouse.move(box.x + box.width / 2, box.y + 50);
  await expect(page.getByTestId('tooltip')).toContainText('Hostbeat was stopped');
});

test('an overview lists the keys, and single ones can be turned off', async ({ page, server }) => {
  await page.goto(server.url);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys and gestures' });
  await expect(help).toBeVisible();
  await help.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
  await page.keyboard.press('-');
  await page.keyboard.press('?');
  await expect(help).toHaveCount(0);
  await expect(page).toHaveURL(/\/$/);
  await page.getByRole('button', { name: 'Live', exact: true }).press('-');
  await expect(page).toHaveURL(/\?range=10m$/);
});
