import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { ballastBytes, publishBallast, publishSurely } from './publisher';
import { type RunningServer, startServer } from './server';
import { sinks } from './sinks';
import { listen, type Received, type Stream } from './sse-client';

const healthyStreams = 450;
const stalledStreams = 50;
/** More than what the kernel takes for a client that does not read: 4 MiB to send and what it may receive. */
const ballastEvents = 140;

interface Witness {
  readonly stream: Stream;
  /** Events and the delays of `retry:`, in their order. */
  readonly received: (Received | number)[];
}

function witness(port: number): Witness {
  const received: (Received | number)[] = [];
  const stream = listen({
    port,
    onEvent: (event) => received.push(event),
    onRetry: (retryMs) => received.push(retryMs),
  });
  return { stream, received };
}

/** Streams whose clients have never read, and whose part of the kernel is full. */
async function openStalled(server: RunningServer, count: number): Promise<Stream[]> {
  await publishBallast(server.url, ballastEvents);
  return Array.from({ length: count }, () =>
    listen({ port: server.port, query: 'window=3600', paused: true }),
  );
}

async function openStreams({ url }: RunningServer): Promise<number> {
  return ((await (await fetch(`${url}/api/health`)).json()) as { streams: number }).streams;
}

const kindOf = (item: Received | number | undefined) =>
  typeof item === 'object' && item.type === 'system-alert' ? JSON.parse(item.data).kind : null;

for (const { sink, env } of sinks) {
  test(`500 streams, some of which never read, end with the server, each in order (${sink})`, async () => {
    const server = await startServer({ ...env, HOSTBEAT_INTERVAL_MS: '200' });
    const stalled = await openStalled(server, stalledStreams);
    const healthy = Array.from({ length: healthyStreams }, () => witness(server.port));
    await expect.poll(() => openStreams(server)).toBe(healthyStreams + stalledStreams);
    await expect.poll(() => healthy.every(({ received }) => received.length > 3)).toBe(true);

    const from = performance.now();
    const code = await server.stop('SIGTERM');
    const tookMs = performance.now() - from;
    const endings = await Promise.all(healthy.map(({ stream }) => stream.ended));
    console.log(`shutdown (${sink}): ${Math.round(tookMs)} ms`);
    expect(code).toBe(0);

    expect(new Set(endings)).toEqual(new Set(['complete']));
    // Then the delay, in a heartbeat that says nothing of a position.
    const kinds = healthy.map(({ received }) => kindOf(received.at(-3)));
    expect(new Set(kinds)).toEqual(new Set(['shutdown']));
    const retries = healthy.map(({ received }) => Number(received.at(-2)));
    for (const { received } of healthy)
      expect(received.at(-1)).toMatchObject({ type: 'heartbeat', id: null });
    expect(Math.min(...retries)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...retries)).toBeLessThanOrEqual(10_000);
    // Of so many, chosen evenly, some are in the first sixth and some in the last.
    expect(Math.min(...retries)).toBeLessThan(2_500);
    expect(Math.max(...retries)).toBeGreaterThan(8_500);
    expect(new Set(retries).size).toBeGreaterThan(healthyStreams / 2);

    for (const stream of stalled) stream.resume();
    expect(new Set(await Promise.all(stalled.map(({ ended }) => ended)))).toEqual(new Set(['cut']));
    // Else they were not stalled at all.
    for (const { bytes } of stalled) expect(bytes).toBeLessThan(ballastEvents * ballastBytes);
  });

  test(`a second signal ends the server at once (${sink})`, async () => {
    const server = await startServer(env);
    const [stalled] = await openStalled(server, 1);
    await expect.poll(() => openStreams(server)).toBe(1);
    process.kill(server.pid, 'SIGTERM');
    // Once it no longer listens it has received the first. A second one soon after it counts as the same: Ctrl-C reaches
    // a process twice.
    const isListening = () =>
      fetch(`${server.url}/api/health`, { headers: { Connection: 'close' } }).then(
        () => true,
        () => false,
      );
    await expect.poll(isListening, { intervals: [20] }).toBe(false);
    await delay(700);
    // Of the first alone it would end with 0, when its client has been given up.
    expect(await server.stop('SIGTERM')).toBe(128 + 15);
    stalled?.close();
  });

  test(`a request during shutdown loses nothing (${sink})`, async () => {
    const first = await startServer(env);
    const [id = ''] = await publishSurely(first.url, [{ type: 'message', data: { text: 'before' } }]);
    await first.stop();
    const second = await startServer({ ...env, HOSTBEAT_DATA_DIR: first.dataDir });
    const { stream } = witness(second.port);
    await expect.poll(() => openStreams(second)).toBe(1);

    // Accepted before the signal, and complete when all that was open has ended.
    const late = connect(second.port, '127.0.0.1');
    let answer = '';
    late.on('data', (bytes) => {
      answer += bytes;
    });
    const closed = new Promise((resolve) => late.once('close', resolve));
    late.on('error', () => late.destroy());
    const logId = id.split('-')[0];
    late.write(`GET /api/events?lastEventId=${logId}-0 HTTP/1.1\r\nHost: 127.0.0.1:${second.port}\r\n`);
    const ended = second.stop('SIGTERM');
    await stream.ended;
    await delay(200);
    late.write('\r\n');
    expect(await ended).toBe(0);
    await closed;
    // To be refused or cut off is well, and so is all of it; a gap would be a lie, since all is kept.
    expect(answer).not.toContain('event: gap');
    if (answer.includes('\nid: ')) expect(answer).toContain(`id: ${id}\n`);
  });
}
