import { EventEmitter } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { openRequestQueue, type RequestQueueOptions } from './request-queue';

/** A queue whose turns the test takes, and requests that note when they begin. */
function queueInTurns(options: Omit<RequestQueueOptions, 'nextTurn'> = {}) {
  const turns: (() => void)[] = [];
  const queue = openRequestQueue({ ...options, nextTurn: (run) => turns.push(run) });
  const begun: string[] = [];
  const answers = new Map<string, EventEmitter & { destroyed: boolean; status?: number }>();
  return {
    queue,
    begun,
    answers,
    ask(name: string, url: string, address = '192.0.2.1') {
      const answer = Object.assign(new EventEmitter(), {
        destroyed: false,
        status: 0,
        writeHead(status: number) {
          answer.status = status;
          return answer;
        },
        end() {},
      });
      answers.set(name, answer);
      const incoming = {
        method: 'GET',
        url,
        headers: { 'x-hostbeat-peer': address },
      } as unknown as IncomingMessage;
      queue.admit(incoming, answer as unknown as ServerResponse, () => begun.push(name));
    },
    turn() {
      for (const run of turns.splice(0)) run();
    },
  };
}

test('a request begins at once, the others one a turn, in their order', () => {
  const { ask, begun, turn, queue } = queueInTurns();
  for (const name of ['a', 'b', 'c']) ask(name, '/api/alerts');
  expect(begun).toEqual(['a']);
  turn();
  expect(begun).toEqual(['a', 'b']);
  turn();
  turn();
  expect([begun, queue.waiting]).toEqual([['a', 'b', 'c'], 0]);
  turn();
  ask('d', '/api/alerts');
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

test('while connections come, nothing begins before its turn', () => {
  let isTaken = true;
  const { ask, begun, turn } = queueInTurns({ isTaken: () => isTaken });
  ask('a', '/api/alerts');
  expect(begun).toEqual([]);
  turn();
  expect(begun).toEqual(['a']);
  isTaken = false;
  turn();
  ask('b', '/api/alerts');
  expect(begun).toEqual(['a', 'b']);
});

test('addresses take turns: one with many requests waits only for itself', () => {
  const { ask, begun, turn } = queueInTurns();
  for (let index = 0; index < 50; index += 1) ask(`many ${index}`, '/api/alerts', '192.0.2.1');
  ask('other', '/api/alerts', '192.0.2.2');
  for (let index = 0; index < 3; index += 1) turn();
  expect(begun).toContain('other');
});

test('so many requests wait of one address and in all, and those beyond get a Retry-After', () => {
  const { ask, answers, queue } = queueInTurns({ waitingMax: 4, waitingPerAddress: 3 });
  for (let index = 0; index < 6; index += 1) ask(`one ${index}`, '/api/alerts', '192.0.2.1');
  for (let index = 0; index < 3; index += 1) ask(`two ${index}`, '/api/alerts', '192.0.2.2');
  const refused = [...answers].filter(([, { status }]) => status === 503).map(([name]) => name);
  expect(refused).toEqual(['one 4', 'one 5', 'two 1', 'two 2']);
  expect(queue.waiting).toBe(4);
});

test('streams do not wait, and are not counted', () => {
  const { ask, begun } = queueInTurns({ routes: { runningMax: 1, countedMs: 100 } });
  ask('route', '/api/alerts');
  for (const url of ['/api/events', '/api/events?types=cpu']) ask(url, url);
  ask('search', '/api/events/log');
  expect(begun).toEqual(['route', '/api/events', '/api/events?types=cpu']);
});

test('so many pages are rendered at once, and routes do not wait for them', () => {
  const { ask, begun, answers, turn } = queueInTurns({ pages: { runningMax: 2, countedMs: 2_000 } });
  const turns = () => {
    for (let index = 0; index < 8; index += 1) turn();
  };
  for (const name of ['page 1', 'page 2', 'page 3', 'page 4']) ask(name, '/alerts');
  ask('route', '/api/alerts');
  ask('script', '/_next/static/a.js');
  turns();
  expect(begun).toEqual(['page 1', 'page 2', 'route', 'script']);
  answers.get('page 1')?.emit('finish');
  answers.get('page 1')?.emit('close');
  turns();
  expect(begun.slice(4)).toEqual(['page 3']);
});

test('one page at a time by default, addresses taking turns', () => {
  const { ask, begun, answers, turn } = queueInTurns();
  for (const name of ['page 1', 'page 2', 'page 3']) ask(name, '/', '192.0.2.1');
  ask('other', '/', '192.0.2.2');
  for (const name of ['page 1', 'page 2', 'other']) {
    turn();
    expect(begun.at(-1)).toBe(name);
    answers.get(name)?.emit('finish');
  }
});

test('so many routes are under way at once; one that waits for something counts no more', () => {
  vi.useFakeTimers();
  try {
    const { ask, begun, answers, turn } = queueInTurns({ routes: { runningMax: 2, countedMs: 100 } });
    const turns = () => {
      for (let index = 0; index < 6; index += 1) turn();
    };
    for (const name of ['a', 'b', 'c', 'd']) ask(name, '/api/history');
    turns();
    expect(begun).toEqual(['a', 'b']);
    answers.get('a')?.emit('finish');
    turns();
    expect(begun).toEqual(['a', 'b', 'c']);
    vi.advanceTimersByTime(100);
    turns();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  } finally {
    vi.useRealTimers();
  }
});

test('a page that its client does not read makes room for others after a while', () => {
  vi.useFakeTimers();
  try {
    const { ask, begun, turn } = queueInTurns({ pages: { runningMax: 1, countedMs: 2_000 } });
    ask('unread', '/');
    ask('next', '/');
    turn();
    expect(begun).toEqual(['unread']);
    vi.advanceTimersByTime(2_000);
    turn();
    expect(begun).toEqual(['unread', 'next']);
  } finally {
    vi.useRealTimers();
  }
});

test('the request of a client that has left is not begun', () => {
  const { ask, begun, answers, turn, queue } = queueInTurns();
  for (const name of ['a', 'b', 'c']) ask(name, '/api/alerts');
  const left = answers.get('b');
  if (left) left.destroyed = true;
  turn();
  expect([begun, queue.waiting]).toEqual([['a', 'c'], 0]);
});

test('a server behind it goes on between requests that come all at once', async () => {
  const queue = openRequestQueue();
  let begun = 0;
  const server = createServer((incoming, answer) => {
    if (incoming.url === '/between') {
      answer.end();
      return;
    }
    queue.admit(incoming, answer, () => {
      begun += 1;
      answer.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (path: string) =>
    new Promise<number>((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent: false }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      }).once('error', reject);
    });
  const statuses = await Promise.all(Array.from({ length: 100 }, () => ask('/api/alerts')));
  expect(statuses).toEqual(Array(100).fill(200));
  expect([begun, queue.waiting, await ask('/between')]).toEqual([100, 0, 200]);
  server.close();
});
