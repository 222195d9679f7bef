import { expect, test, vi } from 'vitest';
import { openTurns } from '@/lib/server/concurrency/turns';
import { clockWith } from '@/lib/testing/fake-clock';
import { decode, event, everything, ids, logWith, newFeed, newLog } from '@/lib/testing/feed';
import { openByteBudget } from './byte-budget';
import type { Chunk } from './chunk';
import type { Cursor } from './cursor';
import { openEventEncoder } from './event-encoder';
import { openPages, pageEvents } from './event-pages';
import type { FeedRequest } from './feed-query';
import { openSubscription } from './subscription';

const types = ['cpu', 'memory', 'disk', 'network', 'deploy', 'message', 'processes', 'filesystem'];
const past = 20 * pageEvents;
/** What a read of the log takes by the clock of these tests: ms. */
const readMs = 2;
const budgetMs = 10;

/** A different filter for each client: the types are the bits of its number. */
const filterOf = (index: number): FeedRequest => ({
  ...everything,
  windowSeconds: 3600,
  types: new Set(types.filter((_, bit) => (index + 1) & (1 << bit))),
});

/** A log of an hour whose reads are counted and take time by a clock of the test. */
async function rig() {
  const log = await newLog();
  for (let t = 0; t < past; t += 1) await log.append([event(types[t % types.length] ?? '', t)]);
  let clock = 0;
  let reads = 0;
  let scheduled: (() => void)[] = [];
  const counted = logWith(log, {
    seqBefore(t) {
      clock += readMs;
      return log.seqBefore(t);
    },
    read(after, limit) {
      reads += 1;
      clock += readMs;
      return log.read(after, limit);
    },
  });
  const turns = openTurns({
    budgetMs,
    clock: clockWith({ monotonicMs: () => clock }),
    schedule: (run) => scheduled.push(run),
  });
  const feed = newFeed(counted, {
    turns,
    clock: clockWith({ wallMs: () => 1000, monotonicMs: () => clock }),
    maxLagMs: 1e9,
  });
  return {
    log,
    feed,
    reads: () => reads,
    clock: () => clock,
    isBusy: () => scheduled.length > 0,
    turn() {
      const due = scheduled;
      scheduled = [];
      for (const run of due) run();
    },
  };
}

/** A client that takes everything as soon as it is ready. */
function listen(cursor: Cursor) {
  const chunks: Chunk[] = [];
  const advance = () => {
    for (let chunk = cursor.take(); chunk; chunk = cursor.take()) chunks.push(chunk);
  };
  cursor.onReady(advance);
  advance();
  return { chunks, seqs: () => chunks.flatMap((chunk) => ids(decode(chunk).events)) };
}

test.each([false, true])(
  'many clients with different filters read the past in turns, and each page once (once: %s)',
  async (once) => {
    const { feed, reads, clock, turn, isBusy } = await rig();
    const clients = Array.from({ length: 50 }, (_, index) =>
      listen(feed.connect({ ...filterOf(index), once })),
    );
    // Together they take one turn, and no longer.
    expect(clock()).toBeLessThanOrEqual(budgetMs + readMs);
    let turns = 0;
    while (isBusy()) {
      const [from, before] = [clock(), reads()];
      turn();
      turns += 1;
      expect(clock() - from).toBeLessThanOrEqual(budgetMs + readMs);
      expect(reads() - before).toBeLessThanOrEqual(budgetMs / readMs + 1);
    }
    expect(turns).toBeGreaterThan(1);
    // Not once for each client: pages are shared.
    expect(reads()).toBeLessThanOrEqual((past / pageEvents) * 2);
    for (const [index, { seqs }] of clients.entries()) {
      const asked = filterOf(index).types ?? new Set();
      const expected = Array.from({ length: past }, (_, t) => t).filter((t) =>
        asked.has(types[t % types.length] ?? ''),
      );
      const received = seqs();
      expect(received.slice(0, expected.length)).toEqual(expected.map((t) => `testlog-${t + 1}`));
      expect(received.slice(expected.length)).toEqual(once ? [`testlog-${past}`] : []);
    }
  },
);

test('an old event is encoded once, however many different filters match it', async () => {
  const { feed, turn, isBusy } = await rig();
  const encode = vi.spyOn(TextEncoder.prototype, 'encode');
  const clients = Array.from({ length: 50 }, (_, index) => listen(feed.connect(filterOf(index))));
  while (isBusy()) turn();
  // Each client has its own opening as well.
  expect(encode.mock.calls.length).toBeLessThanOrEqual(past + pageEvents + clients.length);
});

test('a live client does not wait behind clients that read old events', async () => {
  const { log, feed, turn, isBusy, reads } = await rig();
  const live = listen(feed.connect(everything));
  for (let index = 0; index < 50; index += 1)
    listen(feed.connect({ ...filterOf(index), hosts: new Set([`host-${index}`]) }));
  turn();
  expect(isBusy()).toBe(true);
  const before = reads();
  await log.append([event('cpu', past)]);
  expect(live.seqs().at(-1)).toBe(`testlog-${past + 1}`);
  expect(reads() - before).toBeLessThanOrEqual(budgetMs / readMs + 1);
});

test('a client that disconnects while waiting costs nothing more', async () => {
  const { feed, reads, turn, isBusy } = await rig();
  const cursors = Array.from({ length: 20 }, (_, index) => feed.connect(filterOf(index)));
  for (const cursor of cursors) listen(cursor);
  for (const cursor of cursors) {
    cursor.onReady(null);
    cursor.close();
  }
  const before = reads();
  while (isBusy()) turn();
  expect([reads() - before, feed.streams]).toEqual([0, 0]);
});

test('the cached batches of all filters together are bounded', async () => {
  const log = await newLog();
  const json = JSON.stringify({ text: 'x'.repeat(20_000) });
  for (let t = 0; t < 200; t += 1) await log.append([{ ...event('cpu', t), json }]);
  const budget = openByteBudget(1024 * 1024);
  const encode = openEventEncoder(log, 1024);
  const pages = openPages({ log, encode });
  for (let index = 0; index < 40; index += 1) {
    const request = { ...everything, types: new Set(['cpu', `type-${index}`]) };
    const subscription = openSubscription({ log, request, pages, encode, budget });
    for (let seq = 0; seq < log.headSeq; ) {
      const batch = await subscription.batchAfter(seq);
      expect(batch.toSeq).toBeGreaterThan(seq);
      seq = batch.toSeq;
      expect(budget.bytes).toBeLessThanOrEqual(1024 * 1024);
    }
    expect(budget.bytes).toBeGreaterThan(900 * 1024);
  }
});
