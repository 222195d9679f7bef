import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { openAlerts } from '@/lib/server/alerting/alerts';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { parseLogRequest } from '@/lib/server/http/handlers/log';
import { type LogSearch, searchLog } from '@/lib/server/http/handlers/log-search';
import { readChannel } from '@/lib/server/notifications/channel-registry';
import { openNotifications } from '@/lib/server/notifications/notifications';
import { openReplays } from '@/lib/server/replay/replays';
import { History } from '@/lib/server/timeseries/history';
import { clockWith } from '@/lib/testing/fake-clock';
import { decode, everything, ids, logWith, newFeed, takeAll } from '@/lib/testing/feed';
import { openReceiver, type Receiver } from '@/lib/testing/receiver';

/** A log that cannot be read when Hostbeat starts, and can later: its cursors continue. */
let dataDir: string;
let receiver: Receiver;
const databasePath = () => join(dataDir, 'log.db');
const open: { close(): unknown }[] = [];
const generous = { timeout: 60_000, interval: 20 };

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-found-'));
  receiver = await openReceiver();
});
afterEach(async () => {
  unlock();
  for (const one of open.splice(0).reverse()) await one.close();
  await receiver.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function keep<T extends { close(): unknown }>(one: T): T {
  open.push(one);
  return one;
}

async function shut(...ones: readonly { close(): unknown }[]): Promise<void> {
  for (const one of ones) {
    open.splice(open.indexOf(one), 1);
    await one.close();
  }
}

const openLog = async (newId = 'first') =>
  keep(await openSqliteLog({ dataDir, waitForOwnerMs: 0, retryMs: 20, newId: () => newId }));
const openChannels = async (log: EventLog) => keep(await openNotifications({ log, dataDir, graceMs: 5_000 }));

/** The log cannot be opened, and its id is known only if a copy is beside it. */
function lock({ isIdKept }: { readonly isIdKept: boolean }): void {
  if (!isIdKept) rmSync(join(dataDir, 'log.id'));
  renameSync(databasePath(), `${databasePath()}.away`);
  mkdirSync(databasePath());
}

function unlock(): void {
  if (!existsSync(`${databasePath()}.away`)) return;
  rmdirSync(databasePath());
  renameSync(`${databasePath()}.away`, databasePath());
}

function alert(alertId: string): NewEvent {
  const t = Date.now();
  const event: SystemAlert = {
    t,
    host: 'atlas',
    alertId,
    ruleId: 'busy',
    name: alertId,
    kind: 'rule',
    severity: 'warning',
    state: 'firing',
    metric: 'cpu.totalPercent',
    value: 1,
    threshold: 1,
    since: t,
    message: alertId,
    condition: null,
    culprits: [],
  };
  return { type: 'system-alert', host: 'atlas', t, json: JSON.stringify(event) };
}

/** The same log, and how often it was read. */
function counted(log: EventLog): { readonly log: EventLog; readonly reads: () => number } {
  let count = 0;
  const counting = <Asked extends unknown[], Found>(read: (...asked: Asked) => Found) => {
    return (...asked: Asked): Found => {
      count += 1;
      return read.apply(log, asked);
    };
  };
  const { read, readDurable, readDurableByTime, countDurable } = log;
  const watched = logWith(log, {
    read: counting(read),
    readDurable: counting(readDurable),
    readDurableByTime: counting(readDurableByTime),
    countDurable: counting(countDurable),
  });
  return { log: watched, reads: () => count };
}

const sample = (t: number): NewEvent => ({
  type: 'cpu',
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas', load1: 1, cores: [] }),
});

const anything: LogSearch = {
  types: null,
  severities: null,
  text: null,
  alertId: null,
  from: null,
  to: null,
  after: null,
  before: null,
  limit: 10,
};

test('a stream of the log in memory ends, and its client resumes at the same position of the found log', async () => {
  const before = await openLog();
  await before.append([alert('old')], 'durable');
  await shut(before);
  lock({ isIdKept: false });
  const log = await openLog('memory');
  const feed = newFeed(log);
  const cursor = feed.connect(everything);
  await log.append([alert('one'), alert('two')], 'durable-if-possible');
  const seen = ids(takeAll(cursor));
  expect(seen).toHaveLength(2);
  expect(seen[0]).toMatch(/^memory-/);

  unlock();
  await vi.waitFor(() => expect(log.id).toBe('first'), generous);
  await vi.waitFor(() => {
    expect(decode(cursor.take()).retries.length + Number(cursor.ended)).toBeGreaterThan(0);
  }, generous);
  await log.append([alert('three')], 'durable');
  const lastEventId = seen[1] ?? '';
  const again = takeAll(feed.connect({ ...everything, lastEventId }));
  const position = Number(lastEventId.split('-')[1]);
  expect(again.map(({ event, id }) => [event, id])).toEqual([
    ['hello', undefined],
    ['gap', undefined],
    ['system-alert', `first-${position + 1}`],
  ]);
  expect(JSON.parse(again[0]?.data ?? '').log).toBe('first');
  expect(JSON.parse(again[1]?.data ?? '')).toEqual({
    fromId: lastEventId,
    toId: `first-${position}`,
    missed: null,
    reason: 'other-log',
  });
  const whole = takeAll(feed.connect({ ...everything, lastEventId: 'first-0' }));
  expect(
    whole.flatMap(({ event, data }) => (event === 'system-alert' ? [JSON.parse(data).alertId] : [])),
  ).toEqual(['old', 'one', 'two', 'three']);
});

/** The alerts that a search finds, the newest first. 10^15 positions are unused: a search must skip them. */
async function searched(log: EventLog): Promise<string[]> {
  let runs = 0;
  const pause = async () => {
    runs += 1;
    if (runs > 1_000) throw new Error('the search does not end');
  };
  const asked = parseLogRequest(log, new URLSearchParams());
  if (!asked.ok) throw new Error(asked.problem.detail);
  const { items, before } = await searchLog(log, asked.value, pause);
  expect(before).toBeNull();
  return items.map(({ data }) => String(data.alertId));
}

test('with a copy of the id beside the log, its streams continue and clients resume under it', async () => {
  const before = await openLog();
  const [old] = await before.append([alert('old')], 'durable');
  await shut(before);
  lock({ isIdKept: true });
  const log = await openLog('memory');
  expect([log.id, log.isProvisional]).toEqual(['first', true]);
  expect(log.headSeq).toBeGreaterThan(1_000_000);
  const feed = newFeed(log);
  const cursor = feed.connect({ ...everything, lastEventId: `first-${(old?.seq ?? 0) - 1}` });
  const begunAt = log.headSeq;
  await log.append([alert('one')], 'durable-if-possible');
  const seen = takeAll(cursor);
  expect(seen.map(({ event, id }) => [event, id])).toEqual([
    ['hello', undefined],
    ['gap', undefined],
    ['system-alert', `first-${begunAt + 1}`],
  ]);
  expect(await searched(log)).toEqual(['one']);
  expect(JSON.parse(seen[1]?.data ?? '')).toEqual({
    fromId: 'first-0',
    toId: `first-${begunAt}`,
    missed: null,
    reason: 'lost',
  });

  unlock();
  await vi.waitFor(() => expect(log.problem).toBeNull(), generous);
  expect([log.id, log.formerId, log.isProvisional]).toEqual(['first', null, false]);
  await log.append([alert('two')], 'durable');
  expect(ids(takeAll(cursor))).toEqual([`first-${begunAt + 2}`]);
  expect(cursor.ended).toBe(false);
  expect(await searched(log)).toEqual(['two', 'one', 'old']);
  const whole = takeAll(feed.connect({ ...everything, lastEventId: 'first-0' }));
  expect(
    whole.flatMap(({ event, data }) => (event === 'system-alert' ? [JSON.parse(data).alertId] : [])),
  ).toEqual(['old', 'one', 'two']);
});

describe.each([{ isIdKept: true }, { isIdKept: false }])(
  'with a copy of its id: $isIdKept',
  ({ isIdKept }) => {
    test('every cursor skips the unused positions at once', async () => {
      const before = await openLog();
      const early = await openChannels(before);
      const read = readChannel({ kind: 'webhook', name: 'A', url: receiver.url });
      if (read.ok) early.add(read.value);
      const rules = await openAlerts({ log: before, dataDir, publish: async () => [], processes: () => [] });
      const then = Date.now() - 60_000;
      await before.append([sample(then), alert('a')], 'durable');
      await vi.waitFor(() => expect(receiver.received).toHaveLength(1), generous);
      await rules.stop();
      await shut(early, before);

      lock({ isIdKept });
      const { log, reads } = counted(await openLog('memory'));
      const history = new History({ log, dataDir });
      const alerts = await openAlerts({ log, dataDir, publish: async () => [], processes: () => [] });
      keep({ close: () => alerts.stop() });
      keep(history);
      const notify = await openChannels(log);
      const feed = newFeed(log);
      keep({ close: () => feed.stop() });
      const stream = feed.connect({ ...everything, lastEventId: 'first-0' });
      const replays = openReplays({
        log,
        history: history,
        host: 'atlas',
        intervalMs: 1_000,
        hello: () => ({ log: log.id, version: '', serverTime: Date.now(), intervalMs: 1_000, hosts: [] }),
        known: () => ({ sensors: [], mounts: [], containers: [], interfaces: [] }),
      });
      keep({ close: () => replays.stop() });
      const replay = () => replays.connect({ ...everything, from: then, to: null, speed: 60 });

      /** As the stall monitor gets them. */
      const positions = () => {
        if (!stream.ended) takeAll(stream);
        return {
          ...Object.fromEntries(notify.waiting().map(({ name, seq }) => [name, seq])),
          streams: [...feed.waiting()].map(({ seq }) => seq),
          history: history.readSeq,
          alerts: alerts.evaluatedSeq,
        };
      };
      const arrive = async (delivered: string) => {
        const atStart = reads();
        const past = replay();
        await vi.waitFor(() => {
          past.take();
          expect(receiver.received.at(-1)?.json().alertId).toBe(delivered);
          expect(positions()).toEqual({
            A: log.headSeq,
            streams: stream.ended ? [] : [log.headSeq],
            history: log.headSeq,
            alerts: log.headSeq,
          });
        }, generous);
        past.close();
        const { before: more } = await searchLog(log, anything, async () => {});
        expect(more).toBeNull();
        expect(reads() - atStart).toBeLessThan(1_000);
      };
      await log.append([sample(Date.now()), alert('b')], 'durable-if-possible');
      expect(log.headSeq).toBeGreaterThan(1e15);
      await arrive('b');
      unlock();
      await vi.waitFor(() => expect(log.problem).toBeNull(), generous);
      await log.append([sample(Date.now()), alert('c')], 'durable');
      await arrive('c');
    });

    test('history moves on while it catches up with a long found log', async () => {
      const before = await openLog();
      await before.append(Array.from({ length: 1_500 }, (_, index) => sample(Date.now() + index)));
      await shut(before);
      lock({ isIdKept });
      const plain = await openLog('memory');
      const places: number[] = [];
      let place = () => 0;
      const log = logWith(plain, {
        read(...asked) {
          if (!plain.isProvisional) places.push(place());
          return plain.read(...asked);
        },
      });
      const history = keep(new History({ log, dataDir }));
      place = () => history.readSeq;
      unlock();
      await vi.waitFor(() => expect(log.isProvisional).toBe(false), generous);
      await log.append([sample(Date.now())], 'durable');
      await vi.waitFor(() => expect(history.readSeq).toBe(log.headSeq), generous);
      expect(places).toEqual(expect.arrayContaining([512, 1_024]));
    });

    test('silences are in force while the log cannot be read, and channels deliver each alert once', async () => {
      const delivered = () => receiver.received.map(({ json }) => json().alertId);
      const before = await openLog();
      const first = await openAlerts({ log: before, dataDir, publish: async () => [], processes: () => [] });
      first.putSilence({
        id: 's',
        matcher: { host: 'quiet' },
        comment: '',
        from: 0,
        to: Date.now() + 3_600_000,
      });
      await first.stop();
      const channels = await openChannels(before);
      const read = readChannel({ kind: 'webhook', name: 'A', url: receiver.url });
      if (read.ok) channels.add(read.value);
      await before.append([alert('a')], 'durable');
      await vi.waitFor(() => expect(delivered()).toEqual(['a']), generous);
      await shut(channels);
      // This one is not delivered when Hostbeat ends.
      await before.append([alert('b')], 'durable');
      await shut(before);

      lock({ isIdKept });
      const log = await openLog('memory');
      const alerts = await openAlerts({ log, dataDir, publish: async () => [], processes: () => [] });
      keep({ close: () => alerts.stop() });
      expect([alerts.problem, alerts.silences.map(({ id }) => id)]).toEqual([null, ['s']]);
      const about = { ruleId: 'x', metric: 'cpu.totalPercent', severity: 'warning' } as const;
      expect(alerts.silencedUntil({ ...about, host: 'quiet' })).not.toBeNull();
      expect(alerts.silencedUntil({ ...about, host: 'atlas' })).toBeNull();
      const later = await openChannels(log);
      await log.append([alert('c')], 'durable-if-possible');
      await vi.waitFor(() => expect(delivered()).toEqual(['a', 'c']), generous);
      // It has read to the head, wherever it will resume in the stored log.
      await vi.waitFor(() => expect(later.waiting().map(({ seq }) => seq)).toEqual([log.headSeq]), generous);

      unlock();
      await vi.waitFor(() => expect(delivered()).toEqual(['a', 'c', 'b']), generous);
      await log.append([alert('d')], 'durable');
      await vi.waitFor(() => expect(delivered()).toEqual(['a', 'c', 'b', 'd']), generous);
      await shut(later, log);

      const last = await openLog();
      await openChannels(last);
      await last.append([alert('e')], 'durable');
      await vi.waitFor(() => expect(delivered()).toEqual(['a', 'c', 'b', 'd', 'e']), generous);
    });

    test('history rolls up each sample once, those from before and those while the log could not be read', async () => {
      const start = 1_795_392_000_000;
      const load = (second: number): NewEvent => {
        const t = start + second * 1_000;
        return {
          type: 'cpu',
          host: 'atlas',
          t,
          json: JSON.stringify({ t, host: 'atlas', load1: second, cores: [] }),
        };
      };
      const before = await openLog();
      const first = new History({ log: before, dataDir, clock: clockWith({ wallMs: () => start }) });
      await before.append([load(1)]);
      await first.settle();
      await first.close();
      // This one is not rolled up when Hostbeat ends.
      await before.append([load(2)]);
      await shut(before);

      lock({ isIdKept });
      const log = await openLog('memory');
      const history = new History({ log, dataDir, clock: clockWith({ wallMs: () => start }) });
      await log.append([load(3)]);
      await history.settle();
      unlock();
      await vi.waitFor(() => expect(log.problem).toBeNull(), generous);
      expect(log.id).toBe('first');
      await log.append([load(4)], 'durable');
      await history.settle();
      await history.close();
      await shut(log);

      const last = await openLog();
      const again = keep(new History({ log: last, dataDir, clock: clockWith({ wallMs: () => start }) }));
      await again.settle();
      // One step of ten seconds: the mean would show a sample that was counted twice.
      const [series] = again.query({
        host: 'atlas',
        metrics: ['cpu.load1'],
        from: start,
        to: start + 10_000,
        points: 1,
      });
      expect(series?.points).toEqual([[start, 1, 2.5, 4]]);
    });
  },
);
