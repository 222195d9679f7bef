import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { History } from '@/lib/server/timeseries/history';
import { clockWith } from '@/lib/testing/fake-clock';

export interface RecordedHistory {
  readonly log: EventLog;
  readonly history: History;
  /** The wall clock: Unix ms. */
  wall: number;
  /** Appends a sample of CPU and memory for each second from `fromS` to `toS` (exclusive) after `start`; moves the wall clock. */
  measure(fromS: number, toS: number): Promise<void>;
  /** Appends a message with the time `s` seconds after `start`. */
  say(s: number, text: string): Promise<void>;
  /** Rolls the log up into history, and lets the log's samples expire. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

const host = 'atlas';

const event = (type: string, t: number, payload: object): NewEvent => ({
  type,
  host,
  t,
  json: JSON.stringify({ t, host, ...payload }),
});

/** A log and a history on disk, made in accelerated time: `start` is Unix ms. */
export async function makeRecordedHistory(dataDir: string, start: number): Promise<RecordedHistory> {
  let monotonic = 0;
  const time = { wall: start };
  const log = await openSqliteLog({
    dataDir,
    waitForOwnerMs: 0,
    newId: () => 'made',
    flushMs: 1,
    clock: clockWith({ wallMs: () => time.wall, monotonicMs: () => monotonic, bootMs: () => time.wall }),
  });
  const history = new History({
    log,
    dataDir,
    clock: clockWith({ wallMs: () => time.wall, bootMs: () => time.wall }),
  });
  return {
    log,
    history,
    get wall() {
      return time.wall;
    },
    set wall(t) {
      time.wall = t;
    },
    async measure(fromS, toS) {
      for (let s = fromS; s < toS; s += 1) {
        const t = start + s * 1_000;
        time.wall = t + 1;
        await log.append([
          event('cpu', t, { totalPercent: s % 100, cores: [s % 100] }),
          event('memory', t, { usedBytes: s * 1_000, totalBytes: 1e9 }),
        ]);
      }
    },
    async say(s, text) {
      await log.append([event('message', start + s * 1_000, { text })], 'durable');
    },
    async forget() {
      // A durable event flushes the samples to disk, where they can expire.
      await log.append([event('message', time.wall, { text: 'before' })], 'durable');
      await history.settle();
      const { tailSeq } = log;
      monotonic += 7_200_000;
      await log.append([event('message', time.wall, { text: 'after' })], 'durable');
      while (log.tailSeq === tailSeq) await delay(1);
    },
    async close() {
      await history.close();
      await log.close();
    },
  };
}
