import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { openAcceptBacklog } from './accept-backlog';
import { openTurns } from './turns';

/** A backlog whose turns the test takes. */
function hand(yieldedMax?: number) {
  let due: (() => void)[] = [];
  const backlog = openAcceptBacklog({
    ...(yieldedMax === undefined ? {} : { yieldedMax }),
    schedule: (run) => due.push(run),
  });
  const turn = () => {
    const now = due;
    due = [];
    for (const run of now) run();
  };
  return { backlog, turn, isIdle: () => due.length === 0 };
}

test('work waits until a turn has gone by without a connection', () => {
  const { backlog, turn, isIdle } = hand();
  const done: string[] = [];
  backlog.accepted();
  backlog.nextTurn(() => done.push('work'));
  for (let index = 0; index < 10; index += 1) {
    expect(backlog.isDraining).toBe(true);
    turn();
    backlog.accepted();
  }
  expect(done).toEqual([]);
  turn();
  expect([backlog.isDraining, done]).toEqual([true, []]);
  turn();
  turn();
  expect([backlog.isDraining, done]).toEqual([false, ['work']]);
  turn();
  expect(isIdle()).toBe(true);
  backlog.nextTurn(() => done.push('more'));
  turn();
  expect(done).toEqual(['work', 'more']);
});

test('connections without end do not stop all work', () => {
  const { backlog, turn } = hand(8);
  let done = 0;
  const work = () => {
    done += 1;
    backlog.nextTurn(work);
  };
  backlog.nextTurn(work);
  for (let index = 0; index < 90; index += 1) {
    backlog.accepted();
    turn();
  }
  expect(done).toBeGreaterThanOrEqual(9);
  expect(done).toBeLessThanOrEqual(12);
});

const connections = 64;

/** Connects from another thread, and says when the kernel has all of it. */
const client = `
  const { connect } = require('node:net');
  const { workerData: { port, count, state } } = require('node:worker_threads');
  let connected = 0;
  for (let index = 0; index < count; index += 1) {
    connect(port, '127.0.0.1', () => {
      connected += 1;
      if (connected < count) return;
      Atomics.store(state, 0, 1);
      Atomics.notify(state, 0);
    }).on('error', () => {});
  }
`;

test('a crowd of connections is accepted before long work goes on', async () => {
  const backlog = openAcceptBacklog();
  const turns = openTurns({ budgetMs: 0, schedule: backlog.nextTurn });
  let workDone = 0;
  const workAtAccept: number[] = [];
  const server = createServer().on('connection', () => {
    backlog.accepted();
    workAtAccept.push(workDone);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(client, { eval: true, workerData: { port, count: connections, state } });
  const isOnline = new Promise((resolve) => worker.once('online', resolve));
  await isOnline;
  Atomics.wait(state, 0, 0);
  await new Promise<void>((resolve) => {
    const work = () => {
      workDone += 1;
      if (workAtAccept.length >= connections) resolve();
      else turns.later(work);
    };
    work();
  });
  server.close();
  await worker.terminate();
  const [first = 0] = workAtAccept;
  expect((workAtAccept.at(-1) ?? 0) - first).toBeLessThanOrEqual(4);
});
