import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTurns } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import type { Chunk } from '@/lib/server/streaming/chunk';
import type { Cursor } from '@/lib/server/streaming/cursor';
import { clockWith } from '@/lib/testing/fake-clock';
import { decode, logWith } from '@/lib/testing/feed';
import { makeRecordedHistory, type RecordedHistory } from '@/lib/testing/recorded-history';
import type { ReplayRequest } from './replay-query';
import { openReplays, type ReplaysOptions } from './replays';

/** The start of a block of every tier but the coarsest. */
const start = 1_795_392_000_000;
const at = (s: number) => start + s * 1_000;

let dataDir = '';
let past: RecordedHistory;
let mono = 0;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-replay-'));
  mono = 0;
  past = await makeRecordedHistory(dataDir, start);
});

afterEach(async () => {
  await past.close();
  rmSync(dataDir, { recursive: true });
});

/** Ten minutes that only history has, five of them a gap, and then one that the log has. */
async function longPast(): Promise<void> {
  await past.measure(0, 150);
  await past.say(120, 'second');
  await past.say(120, 'third');
  await past.say(100.5, 'first, published later');
  await past.measure(450, 600);
  await past.forget();
  await past.measure(601, 660);
  await past.say(659.5, 'fourth');
  past.wall = at(661);
}

function open(options: Partial<ReplaysOptions> = {}, log: EventLog = past.log) {
  return openReplays({
    log,
    history: past.history,
    host: 'atlas',
    intervalMs: 1_000,
    hello: () => ({ log: log.id, version: '0', serverTime: past.wall, intervalMs: 1_000, hosts: [] }),
    known: () => ({ sensors: [], mounts: [], containers: [], interfaces: [] }),
    clock: clockWith({ wallMs: () => past.wall, monotonicMs: () => mono }),
    random: () => 0.5,
    ...options,
  });
}

const ask = (asked: Partial<ReplayRequest> = {}): ReplayRequest => ({
  types: null,
  hosts: null,
  windowSeconds: 0,
  lastEventId: '',
  from: start,
  to: null,
  speed: 60,
  ...asked,
});

interface Received extends EventSourceMessage {
  /** In virtual real time, ms. */
  readonly cameAt: number;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Plays a stream in virtual time until it ends, or until `isEnough`. */
async function play(cursor: Cursor, isEnough: (received: readonly Received[]) => boolean = () => false) {
  const received: Received[] = [];
  const retries: number[] = [];
  const parser = createParser({
    onEvent: (message) => received.push({ ...message, cameAt: mono }),
    onRetry: (retry) => retries.push(retry),
  });
  const text = new TextDecoder();
  for (let idle = 0; !cursor.ended && !isEnough(received); ) {
    const chunk = cursor.take();
    if (chunk) parser.feed(text.decode(chunk.bytes, { stream: true }));
    idle = chunk ? 0 : idle + 1;
    await turn();
    if (idle % 5 === 4) mono += 50;
    if (idle > 50_000) throw new Error('nothing comes any more');
  }
  return { received, retries };
}

const dataOf = ({ data }: EventSourceMessage) => JSON.parse(data);
const secondsOf = (received: readonly Received[], type: string) =>
  received.filter(({ event }) => event === type).map((one) => (dataOf(one).t - start) / 1_000);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const logged = (received: readonly Received[]) =>
  received.filter(({ event }) => !['hello', 'gap', 'heartbeat', 'replay-end'].includes(event ?? ''));

test.each([1, 10, 60])('events of the log are sent as they are, at %d× their pace', async (speed) => {
  await past.measure(0, 40);
  await past.say(20.5, 'late');
  past.wall = at(40);
  const { received, retries } = await play(open().connect(ask({ from: at(10), speed })));
  expect(retries).toEqual([3_500]);
  expect(received[0]).toMatchObject({ event: 'hello' });
  expect(received[0] && dataOf(received[0])).toMatchObject({
    serverTime: at(10),
    replay: { from: at(10), to: null, speed },
  });
  const kept = await past.log.read(20, 1_000);
  expect(logged(received).map(({ id, data }) => [id, data])).toEqual(
    kept.map(({ seq, json }) => [`made-${seq}`, json]),
  );
  for (const one of received.filter(({ event }) => event === 'cpu')) {
    const due = (dataOf(one).t - at(10)) / speed;
    expect(one.cameAt).toBeGreaterThanOrEqual(due);
    expect(one.cameAt).toBeLessThan(due + 100);
  }
  expect(received.at(-1)).toMatchObject({
    event: 'replay-end',
    id: 'made~end',
    data: JSON.stringify({ t: at(40), reason: 'present' }),
  });
});

test('history, its gap and the log are sent in order, each step once', async () => {
  await longPast();
  const { received } = await play(open().connect(ask({ speed: 10 })));
  const seconds = [...range(0, 150), ...range(450, 600), ...range(601, 660)];
  expect(secondsOf(received, 'cpu')).toEqual(seconds);
  expect(secondsOf(received, 'memory')).toEqual(seconds);
  expect(received.filter(({ event }) => event === undefined).map((one) => dataOf(one).text)).toEqual([
    'first, published later',
    'second',
    'third',
    'before',
    'after',
    'fourth',
  ]);
  const gaps = received.filter(({ event }) => event === 'gap').map(dataOf);
  expect(gaps).toEqual([
    { fromId: null, toId: null, missed: null, reason: 'reading-failed', from: at(149), to: at(450) },
  ]);
  const rebuilt = received.find(({ id }) => id === `made~${at(7)}.1`);
  expect(rebuilt && dataOf(rebuilt)).toMatchObject({ t: at(7), host: 'atlas', totalPercent: 7, cores: [7] });
  // The gap takes no time.
  expect(mono).toBeLessThan((661 - 300) * 100 + 1_000);
});

test('at 60× the same gap is short enough to wait for', async () => {
  await longPast();
  const { received } = await play(open().connect(ask()));
  expect(received.filter(({ event }) => event === 'gap')).toEqual([]);
  expect(mono).toBeGreaterThan(661_000 / 60 - 100);
});

test.each([
  ['after each event', { from: at(95), to: at(125) }, () => 1],
  ['here and there', {}, (cut: number) => 1 + ((cut * 7) % 23)],
] as const)('cut %s and resumed, it sends the same as without a break', async (_, asked, lengthOf) => {
  await longPast();
  const whole = logged((await play(open().connect(ask(asked)))).received);
  const pieces: Received[] = [];
  let lastEventId = '';
  for (let cut = 0; lastEventId !== 'made~end'; cut += 1) {
    const most = lengthOf(cut);
    const cursor = open().connect(ask({ ...asked, lastEventId }));
    const { received } = await play(cursor, (so) => logged(so).length >= most);
    // A connection breaks anywhere, and loses what was sent after that.
    const kept = logged(received).slice(0, most);
    pieces.push(...kept);
    lastEventId =
      (logged(received).length > most ? kept : received).findLast(({ id }) => id)?.id ?? lastEventId;
  }
  expect(pieces.map(({ id, data }) => [id, data])).toEqual(whole.map(({ id, data }) => [id, data]));
});

test('a window is sent at once, across history and log', async () => {
  await longPast();
  const { received } = await play(
    open().connect(ask({ from: at(640), windowSeconds: 600, speed: 1 })),
    (so) => secondsOf(so, 'cpu').includes(639),
  );
  expect(mono).toBeLessThan(1_000);
  expect(secondsOf(received, 'cpu')[0]).toBe(40);
  expect(received[0] && dataOf(received[0]).serverTime).toBe(at(640));
});

test('ends before `to`, after a quiet end as well', async () => {
  await longPast();
  const { received } = await play(open().connect(ask({ from: at(10), to: at(20) })));
  expect(secondsOf(received, 'cpu')).toEqual(range(10, 20));
  expect(received.at(-1)).toMatchObject({
    event: 'replay-end',
    data: JSON.stringify({ t: at(20), reason: 'to' }),
  });
  const inGap = await play(open().connect(ask({ from: at(200), to: at(400), speed: 1 })));
  expect(inGap.received.map(({ event }) => event)).toEqual(['hello', 'gap', 'replay-end']);
  expect(inGap.received[1] && dataOf(inGap.received[1])).toMatchObject({ from: at(200), to: at(400) });
});

test('a filter that matches nothing has the same clock and no gaps', async () => {
  await longPast();
  const cursor = open().connect(ask({ types: new Set(['disk']), to: at(140), speed: 1 }));
  const { received } = await play(cursor);
  expect(received.map(({ event }) => event).filter((type) => type !== 'heartbeat')).toEqual([
    'hello',
    'replay-end',
  ]);
  expect(mono).toBeGreaterThanOrEqual(139_000);
});

test('a quiet stream sends its position and its clock, so that it can resume', async () => {
  await longPast();
  const request = ask({ types: new Set(['message']), from: at(90), to: at(140), speed: 10 });
  const cursor = open({ heartbeatMs: 400 }).connect(request);
  await play(cursor, (so) => so.length > 0);
  await play(cursor, () => mono >= 500);
  // Heartbeats of quiet streams are due in real time.
  let chunk: Chunk | null = null;
  while (!chunk) {
    await new Promise<void>((resolve) => cursor.onReady(resolve));
    chunk = cursor.take();
  }
  cursor.close();
  const { events, comments } = decode(chunk);
  expect(comments).toHaveLength(1);
  const beat = events.find(({ event }) => event === 'heartbeat');
  const place = Number(/^made~(\d+)\.9$/.exec(beat?.id ?? '')?.[1]);
  expect(place).toBeGreaterThanOrEqual(at(94));
  expect(beat && dataOf(beat).serverTime).toBeGreaterThanOrEqual(place);
  const rest = await play(open().connect({ ...request, lastEventId: beat?.id ?? '' }));
  expect(rest.received[0] && dataOf(rest.received[0]).serverTime).toBe(place);
});

test('the time before anything kept is a gap with its cause', async () => {
  await longPast();
  const { received } = await play(open().connect(ask({ from: start - 40 * 24 * 3_600_000, to: at(3) })));
  expect(received.map(({ event }) => event)).toEqual([
    'hello',
    'gap',
    ...range(0, 3).flatMap(() => ['cpu', 'memory']),
    'replay-end',
  ]);
  expect(received[1] && dataOf(received[1])).toMatchObject({ reason: 'not-kept', to: start });
});

test('a client that pauses has no queue, and misses nothing that expires from the log meanwhile', async () => {
  await past.measure(0, 10);
  await past.say(9.5, 'once');
  await past.measure(10, 600);
  await past.say(300.5, 'published late');
  past.wall = at(600);
  let reads = 0;
  const counting = logWith(past.log, {
    read(...asked) {
      reads += 1;
      return past.log.read(...asked);
    },
  });
  // An hour passes meanwhile, after which it would end by age.
  const cursor = open({ maxStreamAgeMs: 1e9 }, counting).connect(ask());
  const first = await play(cursor, (so) => secondsOf(so, 'cpu').length >= 30);
  // A read that had begun may end, and the cursor reads one batch.
  for (let last = -1; last !== reads; ) {
    last = reads;
    await past.log.read(0, 1);
    for (let turns = 0; turns < 50; turns += 1) await turn();
  }
  const before = reads;
  mono += 3_600_000;
  for (let turns = 0; turns < 50; turns += 1) await turn();
  expect(reads).toBe(before);
  await past.forget();
  await past.measure(601, 630);
  past.wall = at(631);
  const rest = await play(cursor);
  const texts = [...first.received, ...rest.received].flatMap(({ event, data }) =>
    event === undefined ? [JSON.parse(data).text] : [],
  );
  expect(texts).toEqual(['once', 'published late', 'before', 'after']);
  expect(secondsOf([...first.received, ...rest.received], 'cpu')).toEqual([
    ...range(0, 600),
    ...range(601, 630),
  ]);
  expect(secondsOf([...first.received, ...rest.received], 'memory')).toEqual([
    ...range(0, 600),
    ...range(601, 630),
  ]);
});

test('an expired position is announced as a gap; one of another log is ignored', async () => {
  await longPast();
  const old = await play(open().connect(ask({ lastEventId: 'made-7' })));
  expect(old.received[1]).toMatchObject({ event: 'gap' });
  expect(old.received[1] && dataOf(old.received[1])).toMatchObject({ fromId: 'made-7', reason: 'expired' });
  expect(secondsOf(old.received, 'cpu')).toEqual(range(601, 660));
  for (const lastEventId of [
    'other-7',
    `other~${at(50)}.1`,
    'made-99999999',
    'nonsense',
    `made~${at(99_999)}.1`,
  ]) {
    const { received } = await play(open().connect(ask({ from: at(590), lastEventId })));
    expect(secondsOf(received, 'cpu')[0], lastEventId).toBe(590);
  }
});

test('a beginning that has moved on since then skips nothing', async () => {
  await longPast();
  const asked = { from: at(40), to: at(60), lastEventId: `made~${at(20)}.1` };
  const { received } = await play(open().connect(ask(asked)));
  expect(received.map(({ event }) => event)).not.toContain('gap');
  expect(secondsOf(received, 'cpu')).toEqual(range(21, 60));
});

test('a stop ends streams with a position and a retry delay; unread ones are aborted; admissions end once', async () => {
  await longPast();
  let closed = 0;
  const replays = open({ drainTimeoutMs: 0 });
  const reader = replays.connect(ask({ speed: 1 }), () => {
    closed += 1;
  });
  const unread = replays.connect(ask(), () => {
    closed += 1;
  });
  await play(reader, (so) => secondsOf(so, 'cpu').length > 0);
  expect(replays.streams).toBe(2);
  const stopped = replays.stop();
  const { received, retries } = await play(reader);
  expect(received.at(-1)).toMatchObject({ event: 'heartbeat', id: `made~${start}.9` });
  expect(retries).toEqual([5_500]);
  await stopped;
  expect([reader.aborted, unread.aborted, closed, replays.streams]).toEqual([false, true, 2, 0]);
  reader.close();
  expect(closed).toBe(2);
  const late = await play(replays.connect(ask()));
  expect(late.retries).toEqual([5_500]);
});

test('many replays read history one after the other, each in a turn of its own', async () => {
  await past.measure(0, 40);
  past.wall = at(40);
  let scheduled: (() => void)[] = [];
  const turns = openTurns({ schedule: (run) => scheduled.push(run) });
  let reads = 0;
  const log = logWith(past.log, {
    read(after, limit) {
      reads += 1;
      return past.log.read(after, limit);
    },
  });
  const replays = open({ turns }, log);
  const cursors = Array.from({ length: 30 }, () => replays.connect(ask()));
  expect(reads).toBe(0);
  let most = 0;
  let turnCount = 0;
  while (scheduled.length > 0) {
    const before = reads;
    const due = scheduled;
    scheduled = [];
    for (const run of due) run();
    await turn();
    for (const cursor of cursors) cursor.take();
    most = Math.max(most, reads - before);
    turnCount += 1;
  }
  // Resolving the start reads at the boundary and at the position, a batch of events once more.
  expect(most).toBeLessThanOrEqual(4);
  expect(turnCount).toBeGreaterThanOrEqual(cursors.length);
  for (const cursor of cursors) cursor.close();
  expect(replays.streams).toBe(0);
});

test('a read that does not end is reported as one; a wait in the queue is not', async () => {
  await longPast();
  const queue: { begin(): void; end(): void }[] = [];
  const replays = open({
    work: (work) =>
      new Promise((resolve) => {
        const step = work.next.bind(work);
        queue.push({
          begin: () => step(),
          end() {
            for (let done = step(); ; done = step()) if (done.done) return resolve(done.value);
          },
        });
      }),
  });
  const [one, other] = [replays.connect(ask()), replays.connect(ask())];
  while (queue.length < 2) {
    await turn();
    one.take();
    other.take();
  }
  expect([...replays.reads()]).toEqual([]);
  queue[0]?.begin();
  const [read, ...others] = replays.reads();
  expect(others).toEqual([]);
  await turn();
  expect([...replays.reads()][0]).toBe(read);
  queue[0]?.end();
  while ([...replays.reads()].includes(read as object)) {
    await turn();
    one.take();
  }
  one.close();
  other.close();
  expect([...replays.reads()]).toEqual([]);
});
