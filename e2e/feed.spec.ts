import { spawn } from 'node:child_process';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventSource } from 'eventsource';
import { loggedTypes } from '../lib/protocol/event-types';
import { type RunningServer, startServer } from './server';
import { expect, forgive, test } from './test';

/** A plain HTTP request whose headers are sent as given, `Host` and `Origin` too. */
function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { method, headers }, resolve).on('error', reject).end();
  });
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) text += chunk;
  return text;
}

async function openStreams({ url }: RunningServer): Promise<number> {
  const health = (await (await fetch(`${url}/api/health`)).json()) as { streams: number };
  return health.streams;
}

interface Received {
  readonly type: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
}

/** A site of somebody else's, at an origin of its own. */
async function blankPage(): Promise<{ origin: string; close(): void }> {
  const site = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><link rel="icon" href="data:,">');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  return { origin, close: () => site.close() };
}

/** Listens with an EventSource that is not ours until `count` logged events came. */
function receive(url: string, count: number): Promise<Received[]> {
  return new Promise((resolve, reject) => {
    const received: Received[] = [];
    const source = new EventSource(url);
    source.onerror = (error) => {
      source.close();
      reject(new Error(error.message ?? 'the feed broke'));
    };
    for (const type of ['hello', 'gap', ...loggedTypes]) {
      source.addEventListener(type, (event) => {
        // What came in the same chunk is still dispatched after close().
        if (source.readyState === EventSource.CLOSED) return;
        received.push({ type, id: event.lastEventId, data: JSON.parse(event.data) });
        if (received.filter((one) => one.id !== '').length < count) return;
        source.close();
        resolve(received);
      });
    }
  });
}

const seqOf = (id: string) => Number(id.split('-')[1]);

test('curl reads it: exact frames, each type each cycle, ids that rise by one', async ({ server }) => {
  const curl = spawn('curl', ['-sN', '--max-time', '240', `${server.url}/api/events`]);
  let text = '';
  for await (const chunk of curl.stdout) {
    text += chunk;
    if ((text.match(/^event: (cpu|memory)$/gm)?.length ?? 0) >= 8) break;
  }
  curl.kill();
  expect(text).toMatch(/^retry: [2-5]\d{3}\nevent: hello\ndata: \{.+\}\n\n/);
  const frames = [...text.matchAll(/^event: ([a-z-]+)\ndata: (\{.*\})\nid: ([a-z0-9]+-\d+)\n\n/gm)];
  expect(frames.length).toBeGreaterThanOrEqual(7);
  const seqs = frames.map(([, , , id = '']) => seqOf(id));
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  // Those that are read at every tick come once a round, always in the same order.
  const rounds = new Map<number, string[]>();
  for (const [frame] of frames) {
    const type = /^event: (.*)$/m.exec(frame)?.[1] ?? '';
    const { t } = JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '');
    if (type === 'cpu' || type === 'memory') rounds.set(t, [...(rounds.get(t) ?? []), type]);
  }
  expect(rounds.size).toBeGreaterThanOrEqual(4);
  // The first and the last round may be cut off, and a reading that is late on a busy machine is left out of one.
  for (const types of rounds.values()) expect('cpu,memory').toContain(types.join());
  expect([...rounds.values()].map((types) => types.join())).toContain('cpu,memory');
  for (const [, , data = ''] of frames) {
    expect(JSON.parse(data)).toMatchObject({ t: expect.any(Number), host: expect.any(String) });
  }
});

test('an EventSource that is not ours reads it, and its figures are whole', async ({ server }) => {
  const received = await receive(`${server.url}/api/events`, 12);
  expect(received[0]).toMatchObject({ type: 'hello', id: '', data: { intervalMs: 500 } });
  const cpu = received.find(({ type }) => type === 'cpu')?.data ?? {};
  expect(cpu.totalPercent).toBeGreaterThanOrEqual(0);
  expect(cpu.totalPercent).toBeLessThanOrEqual(100);
  expect(cpu.cores).toBeInstanceOf(Array);
  const memory = received.find(({ type }) => type === 'memory')?.data ?? {};
  expect(memory.totalBytes).toBeGreaterThan(1e6);
  expect(Number(memory.usedBytes) + Number(memory.availableBytes)).toBe(memory.totalBytes);
});

test('headers: event stream, not cached, not transformed, not buffered, not compressed', async ({
  server,
}) => {
  for (const method of ['GET', 'HEAD']) {
    const answer = await ask(`${server.url}/api/events`, { 'Accept-Encoding': 'gzip, br' }, method);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-cache, no-transform');
    expect(answer.headers['x-accel-buffering']).toBe('no');
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    answer.destroy();
  }
  await expect.poll(() => openStreams(server)).toBe(0);
});

test('a client that goes away leaves nothing behind', async ({ server }) => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(`${server.url}/api/events`)));
  await expect.poll(() => openStreams(server)).toBe(20);
  for (const answer of answers) answer.destroy();
  await expect.poll(() => openStreams(server)).toBe(0);
});

test('past the limit of streams there is a 503 with a Retry-After, until a place is free', async () => {
  const server = await startServer({ HOSTBEAT_MAX_STREAMS: '2' });
  const held = await Promise.all([1, 2].map(() => ask(`${server.url}/api/events`)));
  const refused = await ask(`${server.url}/api/events`);
  expect(refused.statusCode).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(JSON.parse(await bodyOf(refused))).toMatchObject({
    status: 503,
    detail: expect.stringContaining('2'),
  });
  held[0]?.destroy();
  await expect
    .poll(async () => {
      const again = await ask(`${server.url}/api/events`);
      again.destroy();
      return again.statusCode;
    })
    .toBe(200);
  held[1]?.destroy();
  await server.stop();
});

test('types and window choose; a resume goes on where it was left', async ({ server }) => {
  const all = await receive(`${server.url}/api/events?window=60`, 8);
  const logged = all.filter(({ id }) => id !== '');
  const third = logged[2]?.id ?? '';
  const resumed = await receive(`${server.url}/api/events?lastEventId=${third}&window=60`, 3);
  expect(resumed.filter(({ id }) => id !== '').map(({ id }) => seqOf(id))).toEqual(
    [1, 2, 3].map((step) => seqOf(third) + step),
  );
  const memoryOnly = await receive(`${server.url}/api/events?types=memory&window=60`, 3);
  expect(new Set(memoryOnly.map(({ type }) => type))).toEqual(new Set(['hello', 'memory']));
});

test('the Last-Event-ID header resumes, and wins over the query', async ({ server }) => {
  const [, first] = await receive(`${server.url}/api/events?window=60`, 1);
  const answer = await ask(`${server.url}/api/events?lastEventId=other-1&window=60`, {
    'Last-Event-ID': first?.id ?? '',
  });
  let text = '';
  for await (const chunk of answer) {
    text += chunk;
    if (/^id: /m.test(text)) break;
  }
  expect(text).not.toContain('event: gap');
  expect(seqOf(/^id: (\S+)/m.exec(text)?.[1] ?? '')).toBe(seqOf(first?.id ?? '') + 1);
});

test('the recent past comes in one compressed answer, and the feed goes on where it ends', async ({
  server,
}) => {
  await receive(`${server.url}/api/events?window=60`, 60);
  const answer = await fetch(`${server.url}/api/events/recent?types=cpu,memory`);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  const events = (await answer.text()).split('\n\n').filter((text) => text.includes('data: '));
  const typeOf = (text = '') => /^event: (.*)$/m.exec(text)?.[1];
  expect(typeOf(events[0])).toBe('hello');
  expect(typeOf(events.at(-1))).toBe('heartbeat');
  expect(new Set(events.slice(1, -1).map(typeOf))).toEqual(new Set(['cpu', 'memory']));
  const idOf = (text = '') => /^id: (.*)$/m.exec(text)?.[1] ?? '';
  const last = idOf(events.at(-1));
  const next = await receive(`${server.url}/api/events?lastEventId=${last}`, 1);
  expect(next.map(({ type }) => type)).not.toContain('gap');
  expect(seqOf(next.find(({ id }) => id !== '')?.id ?? '')).toBe(seqOf(last) + 1);
  expect((await fetch(`${server.url}/api/events/recent?window=1e9`)).status).toBe(400);
  expect((await fetch(`${server.url}/api/events/recent`, { method: 'HEAD' })).status).toBe(200);
  await expect
    .poll(
      async () => ((await (await fetch(`${server.url}/api/health`)).json()) as { streams: number }).streams,
    )
    .toBe(0);
});

test('an id of another log is answered with a gap, then with all that is kept', async ({ server }) => {
  const received = await receive(`${server.url}/api/events?lastEventId=another-12`, 1);
  expect(received[1]).toMatchObject({ type: 'gap', data: { fromId: 'another-12', reason: 'other-log' } });
  expect(seqOf(received[2]?.id ?? '')).toBe(1);
});

for (const [query, path] of [
  ['types=cpu,nothing', 'types'],
  ['window=4000', 'window'],
  ['window=-1', 'window'],
] as const) {
  test(`a bad query is refused with its reason: ${query}`, async ({ server }) => {
    const answer = await fetch(`${server.url}/api/events?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 400, errors: [{ path }] });
    const head = await ask(`${server.url}/api/events?${query}`, {}, 'HEAD');
    expect(head.statusCode).toBe(400);
  });
}

test('a foreign host name or origin is refused, here and on pages', async ({ server }) => {
  for (const path of ['/api/events', '/', '/api/health', '/embed/cpu']) {
    const rebound = await ask(server.url + path, { Host: `rebound.example:${server.port}` });
    expect(rebound.statusCode, path).toBe(403);
    expect(JSON.parse(await bodyOf(rebound))).toMatchObject({ status: 403 });
  }
  const crossed = await ask(`${server.url}/api/events`, { Origin: 'https://evil.example' });
  expect(crossed.statusCode).toBe(403);
  expect(crossed.headers['access-control-allow-origin']).toBeUndefined();
  crossed.destroy();
  const own = await ask(`${server.url}/api/health`, { Origin: server.url });
  expect(own.statusCode).toBe(200);
  own.destroy();
});

test('a page of an allowed origin resumes with Last-Event-ID, which takes a preflight; a foreign one may not', async ({
  page,
  pageErrors,
}) => {
  const [allowed, foreign] = await Promise.all([blankPage(), blankPage()]);
  const server = await startServer({
    HOSTBEAT_ALLOWED_ORIGINS: allowed.origin,
    HOSTBEAT_INTERVAL_MS: '500',
  });
  const [first] = (await receive(`${server.url}/api/events?window=60`, 1)).filter(({ id }) => id !== '');
  const resume = (id: string) =>
    page.evaluate(
      async ([url = '', lastEventId = '']) => {
        const answer = await fetch(url, { headers: { 'Last-Event-ID': lastEventId } });
        const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
        let text = '';
        while (!/^id: /m.test(text)) text += (await reader?.read())?.value ?? '';
        await reader?.cancel();
        return /^id: (\S+)/m.exec(text)?.[1];
      },
      [`${server.url}/api/events`, id],
    );

  await page.goto(allowed.origin);
  expect(seqOf((await resume(first?.id ?? '')) ?? '')).toBe(seqOf(first?.id ?? '') + 1);
  await page.goto(foreign.origin);
  await expect(resume(first?.id ?? '')).rejects.toThrow('Failed to fetch');
  forgive(pageErrors, /blocked by CORS policy|net::ERR_FAILED/);

  const preflight = { Origin: foreign.origin, 'Access-Control-Request-Method': 'GET' };
  const refused = await ask(`${server.url}/api/events`, preflight, 'OPTIONS');
  expect(refused.statusCode).toBe(403);
  expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  await server.stop();
  allowed.close();
  foreign.close();
});

test('pages carry a policy without unsafe-eval and with a fresh nonce', async ({ server }) => {
  const [one, other] = await Promise.all([fetch(server.url), fetch(server.url)]);
  const policy = one.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self' 'nonce-[\w-]+' 'strict-dynamic';/);
  expect(policy).not.toMatch(/unsafe-eval|\*/);
  expect(policy).toContain("frame-ancestors 'self'");
  expect(policy).not.toBe(other.headers.get('content-security-policy'));
  expect(one.headers.get('x-content-type-options')).toBe('nosniff');
  expect(one.headers.get('x-powered-by')).toBeNull();
});

test('every answer that is HTML has a policy, and no file is sniffed', async ({ server }) => {
  const html = await (await fetch(server.url)).text();
  const script = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? '';
  for (const path of [
    '/',
    '/metrics',
    '/nowhere',
    '/icon.svgx',
    '/icon.svg',
    script,
    '/_next/static/nothing.js',
  ]) {
    const answer = await fetch(server.url + path);
    const type = answer.headers.get('content-type') ?? '';
    if (type.includes('html'))
      expect(answer.headers.get('content-security-policy'), path).toContain('nonce-');
    expect(answer.headers.get('x-content-type-options'), path).toBe('nosniff');
  }
  for (const path of ['/icon.svgx', '/metrics'])
    expect((await ask(server.url + path, { Host: 'rebound.example' })).statusCode, path).toBe(403);
});

test('no image is rendered on demand', async ({ server }) => {
  const answer = await fetch(`${server.url}/_next/image?url=%2Ficon.svg&w=640&q=75`);
  expect(answer.status).toBe(404);
  expect(server.output()).not.toMatch(/image/i);
});

test('health reports ok, and what it costs', async ({ server }) => {
  const sampled = async () => {
    const answer = await fetch(`${server.url}/api/health`);
    const { sampler } = (await answer.json()) as { sampler: { state: string } };
    return [answer.status, sampler.state];
  };
  await expect.poll(sampled).toEqual([200, 'sampling']);
  const answer = await fetch(`${server.url}/api/health`);
  expect(await answer.json()).toMatchObject({
    status: 'ok',
    problems: [],
    sampler: { state: 'sampling', sampleAgeMs: expect.any(Number) },
    process: { cpuPercent: expect.any(Number), residentBytes: expect.any(Number) },
  });
});

/** Publishes, and gives the answer. */
function post(url: string, body: unknown): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${url}/api/events`, { method: 'POST', body: text });
}

test('what is published is on disk when it is acknowledged, and comes back after a kill', async () => {
  const first = await startServer();
  const answer = await post(first.url, [
    { type: 'message', data: { text: 'two\nlines', title: '消息' } },
    { type: 'deploy', data: { version: '1.2.3' } },
  ]);
  expect(answer.status).toBe(201);
  const { ids } = (await answer.json()) as { ids: string[] };
  await first.stop('SIGKILL');

  const second = await startServer({ HOSTBEAT_DATA_DIR: first.dataDir });
  const [messageId = '', deployId = ''] = ids;
  const before = `${messageId.split('-')[0]}-${seqOf(messageId) - 1}`;
  const resumed = await ask(`${second.url}/api/events?types=message,deploy`, { 'Last-Event-ID': before });
  let text = '';
  for await (const chunk of resumed) {
    text += chunk;
    if (text.includes('1.2.3')) break;
  }
  expect(text).toMatch(new RegExp(`^data: .*"text":"two\\\\nlines".*\nid: ${messageId}$`, 'm'));
  expect(text).toMatch(new RegExp(`^event: deploy\ndata: .*\nid: ${deployId}\n`, 'm'));
  expect(seqOf(deployId)).toBe(seqOf(messageId) + 1);
  await second.stop();
});

test('a stop and a start leave no gap', async () => {
  const first = await startServer({ HOSTBEAT_INTERVAL_MS: '200' });
  const received = await receive(`${first.url}/api/events`, 4);
  const last = received.at(-1)?.id ?? '';
  await first.stop();
  const second = await startServer({ HOSTBEAT_INTERVAL_MS: '200', HOSTBEAT_DATA_DIR: first.dataDir });
  const resumed = await ask(`${second.url}/api/events?lastEventId=${last}`);
  let text = '';
  for await (const chunk of resumed) {
    text += chunk;
    if ((text.match(/^id: /gm)?.length ?? 0) >= 30) break;
  }
  const seqs = [...text.matchAll(/^id: (\S+)$/gm)].map(([, id = '']) => seqOf(id));
  expect(seqs).toEqual(seqs.map((_, index) => seqOf(last) + 1 + index));
  expect(text).toMatch(/^event: system-alert\ndata: .*"kind":"shutdown"/m);
  expect(text).not.toContain('event: gap');
  await second.stop();
});

for (const [what, body, status, path] of [
  ['no JSON', '{', 400, ''],
  ['a type of the host’s', { type: 'cpu', data: {} }, 400, 'type'],
  ['a message without text', { type: 'message', data: {} }, 400, 'data.text'],
  ['a body that is too large', { type: 'message', data: { text: 'x'.repeat(70_000) } }, 413, null],
] as const) {
  test(`publishing ${what} is refused`, async ({ server }) => {
    const answer = await post(server.url, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = await answer.json();
    if (path !== null) expect(problem.errors[0].path).toBe(path);
  });
}

test('a data directory that cannot be used: all goes on, health reports it, publishing is refused', async () => {
  const server = await startServer({ HOSTBEAT_DATA_DIR: '/dev/null/nowhere' });
  const health = await fetch(`${server.url}/api/health`);
  expect(health.status).toBe(503);
  const { problems } = (await health.json()) as { problems: string[] };
  // In whatever order they are told, and nothing that has only begun is among them.
  for (const problem of problems) expect(problem).toMatch(/in memory only.*not a directory/);
  expect(problems).toContainEqual(expect.stringMatching(/^events are kept/));
  expect((await receive(`${server.url}/api/events`, 2)).length).toBeGreaterThan(2);
  const refused = await post(server.url, { type: 'message', data: { text: 'x' } });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await server.stop();
});

test('a method that a route does not have is refused in JSON that names those it has', async ({ server }) => {
  for (const [method, path, allow] of [
    ['POST', '/api/health', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/api/health', 'GET, HEAD, OPTIONS'],
    ['PUT', '/api/events', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/api/history', 'GET, HEAD, OPTIONS'],
    ['GET', '/api/sensors/attic', 'OPTIONS, POST'],
  ] as const) {
    const answer = await fetch(server.url + path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 405, detail: expect.stringContaining(method) });
    const offered = await fetch(server.url + path, { method: 'OPTIONS' });
    expect([offered.status, offered.headers.get('allow')]).toEqual([204, allow]);
  }
});

test('an unknown API route answers in JSON', async ({ server }) => {
  const answer = await fetch(`${server.url}/api/nothing`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ status: 404, detail: expect.stringContaining('/api/nothing') });
});
