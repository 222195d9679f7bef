import { createDecipheriv, createECDH, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LoggedAlert } from '@/lib/protocol/notifications';
import { systemClock } from '@/lib/server/concurrency/clock';
import { openReceiver, type Receiver } from '@/lib/testing/receiver';
import type { AttemptContext } from '../channel-kind';
import { type Channel, deliver, readChannel } from '../channel-registry';
import { resolveBySystem } from '../checked-lookup';
import { testAlert } from '../test-alert';
import { newVapidKey } from '../vapid';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
});
afterEach(() => receiver.close());

const key = newVapidKey();
const context: AttemptContext = {
  clock: systemClock,
  resolve: resolveBySystem,
  timeoutMs: 60_000,
  signal: new AbortController().signal,
  vapid: () => key,
};

const since = Date.UTC(2026, 10, 23, 14, 2);
const firing: LoggedAlert = {
  ...testAlert('atlas', since),
  id: 'log-7',
  alertId: 'a1',
  name: 'CPU is <busy> & *hot*',
  kind: 'rule',
  severity: 'critical',
  metric: 'cpu.totalPercent',
  value: 97.234_56,
  threshold: 95,
  message: 'cpu.totalPercent is 97.2 %, above 95 %. @everyone <!channel>',
  culprits: [
    {
      pid: 42,
      name: 'burn',
      user: 'root',
      cpuPercent: 96.6,
      memoryBytes: 3_145_728,
      readBytesPerSecond: null,
      writeBytesPerSecond: null,
      command: null,
    },
  ],
};
const resolved: LoggedAlert = { ...firing, id: 'log-9', state: 'resolved', message: 'It is well again.' };

function channel(settings: Record<string, unknown>): Channel {
  const read = readChannel({ name: 'Mine', ...settings });
  if (!read.ok) throw new Error(JSON.stringify(read.problem.errors));
  return { id: 'c', ...read.value };
}

const send = (settings: Record<string, unknown>, alerts: readonly LoggedAlert[] = [firing]) =>
  deliver(channel(settings), { id: 'log-7-7-c', alerts }, context);

function got() {
  const [request] = receiver.received;
  if (!request) throw new Error('nothing was received');
  return request;
}

test('webhook: sends the alert as JSON with a signature over its bytes', async () => {
  const outcome = await send({
    kind: 'webhook',
    url: receiver.url,
    secret: 'whisper',
    authorization: 'Bearer abc',
  });
  expect(outcome).toEqual({ kind: 'delivered', detail: 'answered 200' });
  const { headers, body, json, method } = got();
  expect(method).toBe('POST');
  expect(json()).toEqual(firing);
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-hostbeat-delivery': 'log-7-7-c',
    'x-hostbeat-signature': `sha256=${createHmac('sha256', 'whisper').update(body).digest('hex')}`,
    authorization: 'Bearer abc',
  });
});

test('webhook: without a secret there is no signature', async () => {
  await send({ kind: 'webhook', url: receiver.url });
  expect(got().headers['x-hostbeat-signature']).toBeUndefined();
});

test('ntfy: sends JSON to the root, with priority, tags, token and sequence id', async () => {
  const outcome = await send({
    kind: 'ntfy',
    server: `http://127.0.0.1:${receiver.port}`,
    topic: 'my-topic',
    token: 'tk_1',
  });
  expect(outcome.kind).toBe('delivered');
  expect(got().path).toBe('/');
  expect(got().headers.authorization).toBe('Bearer tk_1');
  expect(got().json()).toMatchObject({
    topic: 'my-topic',
    title: 'Critical: CPU is <busy> & *hot* (atlas)',
    priority: 5,
    tags: ['rotating_light'],
    sequence_id: 'log-7-7-c',
  });
  expect(String(got().json().message)).toContain('burn (42, 97 % CPU, 3 MiB)');
});

test('slack: the name of a process mentions nobody', async () => {
  await send({ kind: 'slack', url: receiver.url });
  const { text, mrkdwn, blocks } = got().json();
  expect(text).toContain('Critical: CPU is &lt;busy&gt; &amp; *hot* (atlas)\n');
  expect(text).toContain('&lt;!channel&gt;');
  expect(text).not.toContain('<!channel>');
  expect(mrkdwn).toBe(false);
  expect(blocks).toMatchObject([
    {
      type: 'header',
      text: { type: 'plain_text', text: 'Critical: CPU is <busy> & *hot* (atlas)', emoji: false },
    },
    { type: 'section', text: { type: 'plain_text', text: expect.stringContaining('@everyone <!channel>') } },
  ]);
});

test('mattermost and rocket.chat: Markdown is escaped, and nobody is mentioned', async () => {
  const url = receiver.url.replace(/hook$/, 'hooks/xyz');
  await send({ kind: 'slack', url }, [{ ...firing, message: '@channel [a](http://b) me@example.org' }]);
  const { text } = got().json();
  expect(text).toContain('**Critical: CPU is \\<busy> & \\*hot\\* (atlas)**\n');
  expect(text).toContain('@\u200bchannel \\[a\\](http\\://b) me@example.org');
});

test('discord: Markdown in an alert is escaped', async () => {
  const name = '__init__.py crashed [log](http://evil.example)';
  const message = 'C:\\temp\\_x_ ~~a~~ ||b|| `c` <t:0> :smile: 7:30\n# d\n- e\n> f\n-# g\n1. h';
  await send({ kind: 'discord', url: receiver.url }, [{ ...firing, name, message }]);
  const { content } = got().json();
  expect(content).toContain(
    '**Critical: \\_\\_init\\_\\_.py crashed \\[log\\](http\\://evil.example) (atlas)**\n',
  );
  expect(content).toContain(
    'C:\\\\temp\\\\\\_x\\_ \\~\\~a\\~\\~ \\|\\|b\\|\\| \\`c\\` \\<t:0> \\:smile: 7:30\n\\# d\n\\- e\n\\> f\n\\-# g\n1\\. h',
  );
});

test.each(['*', '\\', '😀', '<', '&', '[', '\ud83d', '~~|'])(
  'a flood of %j fits the limit of each receiver, and no escape or character is cut',
  async (unit) => {
    const flood = {
      ...firing,
      name: unit.repeat(128 / unit.length),
      message: unit.repeat(4_000 / unit.length),
    };
    const alerts = [flood, flood];
    await send({ kind: 'discord', url: receiver.url }, [flood]);
    await send({ kind: 'slack', url: receiver.url }, alerts);
    await send({ kind: 'slack', url: receiver.url.replace(/hook$/, 'hooks/xyz') }, alerts);
    await send({ kind: 'ntfy', server: receiver.url, topic: 't' }, alerts);
    await send({ kind: 'telegram', apiUrl: receiver.url, token: '1:abcdefghijk', chatId: '1' }, alerts);
    const [discord, slack, markdown, ntfy, telegram] = receiver.received.map(({ json }) => json());
    const blocks = slack?.blocks as { text: { text: string } }[];
    const lengths = [
      [String(discord?.content), 2_000],
      [blocks[0]?.text.text ?? '', 150],
      [blocks[1]?.text.text ?? '', 3_000],
      [String(slack?.text), 4_000],
      [String(markdown?.text), 4_000],
      [String(telegram?.text), 4_096],
    ] as const;
    for (const [text, most] of lengths) {
      expect(text.length).toBeLessThanOrEqual(most);
      expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    }
    // As many backslashes before the mark as make whole escapes.
    expect((/(\\*)…$/.exec(String(discord?.content))?.[1]?.length ?? 0) % 2).toBe(0);
    expect(String(slack?.text)).not.toMatch(/&[a-z]*…$/);
    expect(Buffer.byteLength(String(ntfy?.message))).toBeLessThanOrEqual(4_096);
  },
);

test('discord: nobody is mentioned, and the limit is kept', async () => {
  const long = { ...firing, message: 'x'.repeat(4_000) };
  await send({ kind: 'discord', url: receiver.url }, [long]);
  const { content, allowed_mentions } = got().json();
  expect(allowed_mentions).toEqual({ parse: [] });
  expect(String(content).length).toBeLessThanOrEqual(2_000);
  expect(String(content).endsWith('…')).toBe(true);
});

test('telegram: sends plain text to the chat with the token of the bot', async () => {
  const token = '123456:ABC-DEF1234ghIkl';
  await send({ kind: 'telegram', apiUrl: `http://127.0.0.1:${receiver.port}/`, token, chatId: '-100123' });
  expect(got().path).toBe(`/bot${token}/sendMessage`);
  expect(got().json()).toMatchObject({ chat_id: '-100123', link_preview_options: { is_disabled: true } });
  expect(String(got().json().text)).toContain('since 2026-11-23T14:02:00Z');
});

test('telegram: the reason of the service is shown, the token is not', async () => {
  const token = '123456:ABC-DEF1234ghIkl';
  receiver.answer({
    status: 400,
    body: JSON.stringify({ ok: false, description: `Bad Request: chat not found for /bot${token}/` }),
  });
  const outcome = await send({ kind: 'telegram', apiUrl: receiver.url, token, chatId: '@nobody' });
  expect(outcome.kind).toBe('final');
  expect(outcome.detail).toContain('Bad Request: chat not found');
  expect(outcome.detail).not.toContain(token);
});

test('webpush: the browser can decrypt the push, and the service can identify the sender', async () => {
  const browser = createECDH('prime256v1');
  const p256dh = browser.generateKeys();
  const auth = randomBytes(16);
  receiver.answer({ status: 201 });
  const settings = {
    kind: 'webpush',
    endpoint: receiver.url,
    p256dh: p256dh.toString('base64url'),
    auth: auth.toString('base64url'),
  };
  expect(await send(settings, [firing, resolved])).toMatchObject({ kind: 'delivered' });
  const { headers, body } = got();
  expect(headers).toMatchObject({
    'content-encoding': 'aes128gcm',
    ttl: '86400',
    urgency: 'normal',
    topic: expect.stringMatching(/^[-_A-Za-z0-9]{32}$/),
    authorization: expect.stringContaining(`k=${key.publicKey}`),
  });
  const sender = body.subarray(21, 86);
  const derived = (from: Buffer, salt: Buffer, info: Buffer, length: number) =>
    Buffer.from(hkdfSync('sha256', from, salt, info, length));
  const secret = derived(
    browser.computeSecret(sender),
    auth,
    Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, sender]),
    32,
  );
  const salt = body.subarray(0, 16);
  const decipher = createDecipheriv(
    'aes-128-gcm',
    derived(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16),
    derived(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12),
  );
  const text = decipher.update(body.subarray(86, -16));
  expect(JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString())).toMatchObject({
    title: '2 alerts on atlas: 1 firing, 1 resolved',
    isOver: true,
    tag: 'log-7-7-c',
    alertId: null,
  });
});

test('webpush: an unsubscribed browser is final, and the longest alerts still fit', async () => {
  const settings = {
    kind: 'webpush',
    endpoint: receiver.url,
    p256dh: createECDH('prime256v1').generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
  const long = { ...firing, name: '内存'.repeat(100), message: '"\u0001压力'.repeat(900) };
  expect(
    (
      await send(
        settings,
        Array.from({ length: 20 }, () => long),
      )
    ).kind,
  ).toBe('delivered');
  expect(got().body.length).toBeLessThanOrEqual(4096);
  receiver.answer({ status: 410 });
  expect(await send(settings)).toEqual({
    kind: 'final',
    detail: 'answered 410: the browser does not take them any more',
  });
});

test.each([
  ['slack', { url: 'x' }, 'no_service'],
  ['discord', { url: 'x' }, 'Unknown Webhook'],
  ['ntfy', { server: 'x', topic: 't' }, 'unauthorized'],
] as const)('%s: the reason for a refusal is shown', async (kind, fields, reason) => {
  const body =
    kind === 'slack' ? reason : JSON.stringify({ [kind === 'ntfy' ? 'error' : 'message']: reason });
  receiver.answer({ status: 403, body });
  const address = Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, value === 'x' ? receiver.url : value]),
  );
  expect(await send({ kind, ...address })).toEqual({ kind: 'final', detail: `answered 403: ${reason}` });
});

test.each(['webhook', 'ntfy', 'slack', 'discord', 'telegram', 'webpush'])(
  '%s: 500 is retried, 429 after the requested time, and a hang after its time limit',
  async (kind) => {
    const all = {
      webhook: { url: receiver.url },
      ntfy: { server: receiver.url, topic: 't' },
      slack: { url: receiver.url },
      discord: { url: receiver.url },
      telegram: { apiUrl: receiver.url, token: '1:abcdefghijk', chatId: '1' },
      webpush: {
        endpoint: receiver.url,
        p256dh: createECDH('prime256v1').generateKeys('base64url'),
        auth: randomBytes(16).toString('base64url'),
      },
    } as const;
    const settings = { kind, ...all[kind as keyof typeof all] };
    receiver.answer({ status: 500 });
    expect((await send(settings)).kind).toBe('retry');
    receiver.answer({ status: 429, headers: { 'Retry-After': '7' } });
    expect(await send(settings)).toMatchObject({ kind: 'retry', retryAfterMs: 7_000 });
    receiver.answer('hang');
    const hasty = { ...context, timeoutMs: 60 };
    expect(await deliver(channel(settings), { id: 'd', alerts: [firing] }, hasty)).toEqual({
      kind: 'retry',
      detail: 'no answer in time',
    });
  },
);
