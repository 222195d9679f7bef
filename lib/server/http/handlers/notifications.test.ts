import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemSchema } from '@/lib/protocol/problem';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { type Notifications, openNotifications } from '@/lib/server/notifications/notifications';
import { openReceiver, type Receiver } from '@/lib/testing/receiver';
import { respond } from '../respond';
import {
  channelById,
  createChannel,
  deleteChannel,
  discardLetter,
  replaceChannel,
  retryLetter,
  testChannel,
} from './notifications';

let dataDir: string;
let log: EventLog;
let notify: Notifications;
let receiver: Receiver;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  log = await openSqliteLog({ dataDir });
  notify = await openNotifications({ log, dataDir });
  receiver = await openReceiver();
});
afterAll(async () => {
  await notify.close();
  await receiver.close();
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const runtime = () => ({ notify, hostName: 'atlas' });
const request = (body: unknown) =>
  new Request('http://hostbeat.test/', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const hook = () => ({ kind: 'webhook', name: 'Mine', url: `${receiver.url}/S3CRET`, secret: 'S3CRET' });

test('a channel is added, shown without its secrets, changed, tested and removed', async () => {
  const added = respond(await createChannel(runtime(), request(hook())), 201);
  expect(added.status).toBe(201);
  const text = await added.text();
  expect(text).not.toContain('S3CRET');
  const { id, ...shown } = JSON.parse(text) as Record<string, unknown> & { id: string };
  expect(shown).toMatchObject({ kind: 'webhook', minSeverity: 'warning', status: { waiting: 0 } });

  const changed = respond(await replaceChannel(runtime(), id, request({ ...shown, name: 'Other' })));
  expect(await changed.json()).toMatchObject({ id, name: 'Other', url: expect.stringContaining('/…') });
  expect(respond(channelById(runtime(), id)).status).toBe(200);
  const tested = respond(await testChannel(runtime(), id));
  expect(await tested.json()).toMatchObject({ delivered: true });
  expect(receiver.received[0]).toMatchObject({ path: '/hook/S3CRET' });
  expect(respond(deleteChannel(runtime(), id)).status).toBe(204);
  expect(respond(deleteChannel(runtime(), id)).status).toBe(404);
});

test('a bad field is named', async () => {
  const answer = respond(
    await createChannel(runtime(), request({ ...hook(), url: 'http://169.254.169.254/' })),
  );
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(problemSchema.parse(await answer.json()).errors).toEqual([
    { path: 'url', message: expect.stringContaining('leads to an address') },
  ]);
});

test('what is not there is not there', async () => {
  expect(respond(await replaceChannel(runtime(), 'nothing', request(hook()))).status).toBe(404);
  expect(respond(await testChannel(runtime(), 'nothing')).status).toBe(404);
  expect(respond(await retryLetter(runtime(), 'nothing')).status).toBe(404);
  expect(respond(discardLetter(runtime(), 'nothing')).status).toBe(404);
});

test('there are fifty channels at most', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 50; count += 1) {
    const answer = respond(await createChannel(runtime(), request(hook())), 201);
    expect(answer.status).toBe(201);
    ids.push(((await answer.json()) as { id: string }).id);
  }
  expect(respond(await createChannel(runtime(), request(hook()))).status).toBe(400);
  for (const id of ids) deleteChannel(runtime(), id);
  expect(notify.channels()).toEqual([]);
});

test('whatever body comes is answered, never by a 5xx', async () => {
  const id = String(
    notify.add({ kind: 'webhook', name: 'x', minSeverity: 'info', url: receiver.url } as never)?.id,
  );
  const body = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.object().map((fields) => JSON.stringify({ ...hook(), ...fields })),
    fc.constant('x'.repeat(70_000)),
  );
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      const created = respond(await createChannel(runtime(), request(text)), 201);
      expect(created.status).toBeLessThan(500);
      if (created.status === 201) deleteChannel(runtime(), ((await created.json()) as { id: string }).id);
      expect(respond(await replaceChannel(runtime(), id, request(text))).status).toBeLessThan(500);
    }),
    { numRuns: 200 },
  );
});
