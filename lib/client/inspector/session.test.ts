import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { entriesMax } from './entries';
import { connectionsMax, Session } from './session';

/** A server whose answers the test writes itself. */
function fakeServer() {
  const requests: { url: string; headers: Record<string, string>; write(text: string): void; end(): void }[] =
    [];
  let answer: (() => Response) | null = null;
  const fetch = (async (url: string, init: RequestInit) => {
    if (answer) return answer();
    const encoder = new TextEncoder();
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(made) {
        controller = made;
        init.signal?.addEventListener('abort', () => made.error(new DOMException('aborted', 'AbortError')));
      },
    });
    requests.push({
      url,
      headers: init.headers as Record<string, string>,
      write: (text) => controller?.enqueue(encoder.encode(text)),
      end: () => controller?.close(),
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } });
  }) as typeof globalThis.fetch;
  return {
    fetch,
    requests,
    answerWith(next: (() => Response) | null) {
      answer = next;
    },
  };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const hello = (serverTime: number) => `event: hello\ndata: {"serverTime":${serverTime}}\n\n`;
const cpu = (seq: number, t: number) => `id: a-${seq}\nevent: cpu\ndata: {"t":${t}}\n\n`;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function open(types: readonly string[] = []) {
  const server = fakeServer();
  const session = new Session({ path: '/api/events', types, fetch: server.fetch });
  session.connect();
  await settle();
  return { server, session };
}

test('after a cut it waits for the retry delay, and sends the last id', async () => {
  const { server, session } = await open();
  server.requests[0]?.write(`retry: 2500\n\n${hello(1000)}${cpu(7, 1100)}`);
  await settle();
  expect(session.lastEventId).toBe('a-7');
  session.cut();
  expect(session.state).toMatchObject({ kind: 'waiting', delayMs: 2500 });
  await vi.advanceTimersByTimeAsync(2499);
  expect(server.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(server.requests[1]?.headers['Last-Event-ID']).toBe('a-7');
  expect(server.requests[0]?.headers).not.toHaveProperty('Last-Event-ID');
});

test('what is older than the new stream is replay, what is younger is not', async () => {
  const { server, session } = await open();
  server.requests[0]?.write(hello(1000) + cpu(7, 900) + cpu(8, 1100));
  await settle();
  session.cut();
  await vi.advanceTimersByTimeAsync(3000);
  server.requests[1]?.write(hello(4000) + cpu(9, 2000) + cpu(10, 3000) + cpu(11, 4100));
  await settle();
  const replayed = session.entries.all.flatMap((entry) =>
    entry.frame?.id ? [[entry.frame.id, entry.isReplay]] : [],
  );
  expect(replayed).toEqual([
    ['a-7', false],
    ['a-8', false],
    ['a-9', true],
    ['a-10', true],
    ['a-11', false],
  ]);
  expect(session.connections[1]).toMatchObject({ replayed: 2, faults: 0, sentId: 'a-8' });
});

test('a loss lasts until the stream is had again, however many attempts were in vain, and all are counted', async () => {
  const { server, session } = await open();
  expect([session.reconnects, session.lastOutageMs]).toEqual([0, null]);
  server.requests[0]?.write('retry: 1000\n\n');
  await settle();
  server.answerWith(() => {
    throw new TypeError('Failed to fetch');
  });
  session.cut();
  await vi.advanceTimersByTimeAsync(3_500);
  server.answerWith(null);
  await vi.advanceTimersByTimeAsync(500);
  expect([session.reconnects, session.lastOutageMs]).toEqual([1, 4_000]);
  session.setTypes(['cpu']);
  await settle();
  expect(session.reconnects, 'another question is no loss').toBe(1);
  for (let cut = 0; cut < connectionsMax; cut += 1) {
    session.cut();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect([session.reconnects, session.lastOutageMs]).toEqual([1 + connectionsMax, 1_000]);
});

test('a frame that the end of the stream cut off moves no position', async () => {
  const { server, session } = await open();
  server.requests[0]?.write(`${cpu(7, 1)}id: a-8\nretry: 1\ndata: {`);
  server.requests[0]?.end();
  await settle();
  expect(session.lastEventId).toBe('a-7');
  expect(session.state).toMatchObject({ kind: 'waiting', delayMs: 3000 });
  expect(session.connections[0]?.end).toBe('ended');
});

test.each([204, 400, 500, 503])(
  '%i is final, as it is for an EventSource, until it is asked again',
  async (status) => {
    const { server, session } = await open();
    const isEmpty = status === 204;
    server.answerWith(() =>
      isEmpty ? new Response(null, { status }) : Response.json({ detail: 'too many' }, { status }),
    );
    session.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.state).toEqual({ kind: 'refused', status, detail: isEmpty ? '' : 'too many' });
    server.answerWith(null);
    session.connect();
    await settle();
    expect(session.state.kind).toBe('open');
  },
);

test('a server that is away is tried again and again', async () => {
  const { server, session } = await open();
  server.answerWith(() => {
    throw new TypeError('fetch failed');
  });
  session.cut();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(session.state.kind).toBe('waiting');
  expect(session.connections.filter(({ end }) => end === 'broken').length).toBeGreaterThanOrEqual(2);
  server.answerWith(null);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(session.state.kind).toBe('open');
});

test('other types are requested at once, from the same position', async () => {
  const { server, session } = await open();
  server.requests[0]?.write(cpu(7, 1));
  await settle();
  session.setTypes(['cpu', 'memory']);
  await settle();
  expect(server.requests[1]).toMatchObject({
    url: '/api/events?types=cpu,memory',
    headers: { 'Last-Event-ID': 'a-7' },
  });
  expect(session.connections[0]?.end).toBe('changed');
});

test('a slow reader takes nothing, then all of it', async () => {
  const { server, session } = await open();
  session.setSlow(true);
  server.requests[0]?.write(cpu(1, 1));
  await settle();
  // What was asked for before the pause still comes.
  const before = session.entries.frames;
  server.requests[0]?.write(cpu(2, 2) + cpu(3, 3));
  await vi.advanceTimersByTimeAsync(5000);
  expect(session.entries.frames).toBe(before);
  session.setSlow(false);
  await settle();
  expect(session.lastEventId).toBe('a-3');
});

test('the list keeps the newest, and counts them all', async () => {
  const { server, session } = await open();
  const count = entriesMax + 500;
  for (let seq = 1; seq <= count; seq += 1) server.requests[0]?.write(cpu(seq, seq));
  await settle();
  expect(session.entries.all).toHaveLength(entriesMax);
  expect(session.entries.all.at(-1)?.frame?.id).toBe(`a-${count}`);
  expect(session.entries.counts.get('cpu')).toBe(count);
  expect(session.ids.faults).toBe(0);
});

test('nothing more comes after it is closed', async () => {
  const { server, session } = await open();
  session.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.requests).toHaveLength(1);
});
