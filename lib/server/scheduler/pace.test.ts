import { describe, expect, it } from 'vitest';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import { fakeClock } from '@/lib/testing/fake-clock';
import type { ScheduledCollector, ScheduledEvent, ScheduledEventSource } from './collector';
import { Sampler, type SamplerOptions } from './sampler';

/** Not close to the start of a second, so that ticks begin at once. */
const start = Date.UTC(2026, 0, 1) + 400;
const never = () => new Promise<never>(() => {});
const cpu: ScheduledCollector = { type: 'cpu', collect: async () => ({ totalPercent: 12.5 }) };

/** A sampler on a fake clock, and every append with its time in ms since the start. */
function sampling(options: Partial<SamplerOptions>) {
  const clock = fakeClock(start);
  const origin = clock.monotonicMs();
  const appends: { readonly at: number; readonly events: readonly NewEvent[] }[] = [];
  const sampler = new Sampler({
    host: 'atlas',
    collectors: [],
    intervalMs: 1000,
    publish: async (events) => {
      appends.push({ at: clock.monotonicMs() - origin, events });
    },
    clock,
    ...options,
  });
  const timesOf = (type: string) =>
    appends.filter(({ events }) => events.some((event) => event.type === type)).map(({ at }) => at);
  return { clock, sampler, appends, timesOf };
}

/** A collector whose answers the test gives by hand. */
function answeredByHand(options: Omit<ScheduledCollector, 'collect'>) {
  const calls: { readonly signal: AbortSignal; answer(payload: object | null): void }[] = [];
  const collector: ScheduledCollector = {
    ...options,
    collect: (signal) => new Promise((answer) => calls.push({ signal, answer })),
  };
  return { collector, calls };
}

const filesystem = { type: 'filesystem', everyMs: 30_000 } as const;

describe('a collector with a period of its own', () => {
  it('is read at once and at multiples of its period, and published on its own', async () => {
    const slow: ScheduledCollector = { ...filesystem, collect: async () => ({ mounts: [] }) };
    const { clock, appends, timesOf } = sampling({ collectors: [cpu, slow] });
    await clock.pass(90_000);
    expect(timesOf('filesystem')).toEqual([0, 30_000, 60_000, 90_000]);
    expect(timesOf('cpu')).toHaveLength(91);
    expect(appends.every(({ events }) => events.length === 1)).toBe(true);
  });

  it('does not drift, however late each timer is', async () => {
    const clock = fakeClock(start);
    const origin = clock.monotonicMs();
    const times: number[] = [];
    const collect = async () => {
      times.push(clock.monotonicMs() - origin);
      return null;
    };
    new Sampler({
      host: 'atlas',
      collectors: [{ type: 'processes', everyMs: 5000, collect }],
      intervalMs: 1000,
      publish: async () => {},
      clock: { ...clock, after: (ms, call) => clock.after(ms + 40, call) },
    });
    await clock.pass(3_600_100);
    expect(times).toEqual(Array.from({ length: 721 }, (_, tick) => tick * 5000 + 40));
  });

  it('keeps its period when the common interval is longer', async () => {
    const slow: ScheduledCollector = { ...filesystem, collect: async () => ({ mounts: [] }) };
    const { clock, timesOf } = sampling({ collectors: [cpu, slow], intervalMs: 60_000 });
    await clock.pass(60_000);
    expect(timesOf('filesystem')).toEqual([0, 30_000, 60_000]);
  });

  it('delays no cycle, and its sample bears the time of its arrival', async () => {
    const { collector, calls } = answeredByHand(filesystem);
    const { clock, appends, timesOf } = sampling({ collectors: [cpu, collector] });
    await clock.pass(4500);
    expect(timesOf('cpu')).toEqual([0, 1000, 2000, 3000, 4000]);
    calls[0]?.answer({ mounts: [] });
    await clock.pass(100);
    const t = start + 4500;
    expect(appends.at(-1)?.events).toEqual([
      { type: 'filesystem', host: 'atlas', t, json: `{"t":${t},"host":"atlas","mounts":[]}` },
    ]);
  });

  it('is aborted at its own deadline, and a later answer is dropped', async () => {
    const { collector, calls } = answeredByHand(filesystem);
    const { clock, sampler, timesOf } = sampling({ collectors: [collector] });
    await clock.pass(9_999);
    expect(calls[0]?.signal.aborted).toBe(false);
    await clock.pass(1);
    expect(calls[0]?.signal.aborted).toBe(true);
    calls[0]?.answer({ mounts: [] });
    await clock.pass(10);
    expect(timesOf('filesystem')).toEqual([]);
    expect(sampler.state().collectors).toEqual([
      { type: 'filesystem', lastOkAt: null, consecutiveFailures: 1, lastError: 'no answer within 10000 ms' },
    ]);
  });

  it('pauses for 1, 2, 4 … periods while it hangs, but for 5 min at most', async () => {
    const { collector, calls } = answeredByHand(filesystem);
    const times: number[] = [];
    const { clock } = sampling({
      collectors: [
        {
          ...filesystem,
          collect(signal) {
            times.push(clock.monotonicMs());
            return collector.collect(signal);
          },
        },
      ],
    });
    await clock.pass(1_800_000);
    const pauses = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 30_000 - 1);
    expect(pauses).toEqual([1, 2, 4, 8, 10, 10, 10]);
    expect(calls).toHaveLength(times.length);
  });

  it('that fails is reported in the state, and is read again in its next period', async () => {
    let isBroken = true;
    const { clock, sampler, timesOf } = sampling({
      collectors: [
        {
          ...filesystem,
          async collect() {
            if (isBroken) throw new Error('no such file');
            return { mounts: [] };
          },
        },
      ],
    });
    await clock.pass(10);
    expect(sampler.state().collectors[0]).toMatchObject({
      consecutiveFailures: 1,
      lastError: 'no such file',
    });
    isBroken = false;
    await clock.pass(30_000);
    expect(timesOf('filesystem')).toEqual([30_000]);
    expect(sampler.state().collectors[0]).toMatchObject({ consecutiveFailures: 0, lastError: null });
  });
});

describe('a collector on demand', () => {
  const processes = { type: 'processes', everyMs: 5000, onDemand: true } as const;
  const answering = { ...processes, collect: async () => ({ top: [] }) };

  it('runs while it is wanted, and at once when it becomes wanted', async () => {
    const wishes = new Set<string>();
    const { clock, timesOf } = sampling({ collectors: [answering], wanted: (type) => wishes.has(type) });
    await clock.pass(7_100);
    expect(timesOf('processes')).toEqual([]);
    wishes.add('cpu');
    await clock.pass(1_000);
    wishes.add('processes');
    await clock.pass(10_300);
    expect(timesOf('processes')).toEqual([8_250, 13_250, 18_250]);
    wishes.clear();
    await clock.pass(60_000);
    expect(timesOf('processes')).toHaveLength(3);
    wishes.add('processes');
    await clock.pass(250);
    expect(timesOf('processes')).toHaveLength(4);
  });

  it('without a period of its own is read in the common cycle', async () => {
    let isWanted = false;
    const { everyMs: _, ...inCycle } = answering;
    const { clock, appends } = sampling({ collectors: [cpu, inCycle], wanted: () => isWanted });
    await clock.pass(0);
    isWanted = true;
    await clock.pass(1000);
    expect(appends.map(({ events }) => events.map(({ type }) => type))).toEqual([
      ['cpu'],
      ['cpu', 'processes'],
    ]);
  });

  it('stays paused after a timeout, also when it is wanted anew', async () => {
    const { collector, calls } = answeredByHand(processes);
    let isWanted = true;
    const { clock } = sampling({ collectors: [collector], wanted: () => isWanted });
    await clock.pass(5_100);
    expect(calls).toHaveLength(1);
    isWanted = false;
    await clock.pass(500);
    isWanted = true;
    await clock.pass(500);
    expect(calls).toHaveLength(1);
    await clock.pass(5_000);
    expect(calls).toHaveLength(2);
  });
});

describe('an event source', () => {
  const login = (user: string): ScheduledEvent => ({ type: 'user-login', payload: { user } });

  it('publishes its events with a timestamp, and nothing when there are none', async () => {
    const finds = [[], [login('ada'), login('bob')]];
    const source: ScheduledEventSource = {
      name: 'logins',
      everyMs: 5000,
      poll: async () => finds.shift() ?? [],
    };
    const { clock, sampler, appends } = sampling({ eventSources: [source] });
    await clock.pass(20_000);
    const t = start + 5000;
    expect(appends).toEqual([
      {
        at: 5000,
        events: ['ada', 'bob'].map((user) => ({
          type: 'user-login',
          host: 'atlas',
          t,
          json: `{"t":${t},"host":"atlas","user":"${user}"}`,
        })),
      },
    ]);
    expect(sampler.state()).toMatchObject({
      lastSampleAt: null,
      eventSources: [{ name: 'logins', lastOkAt: start + 20_000, consecutiveFailures: 0 }],
    });
  });

  it('that is slow loses nothing: events after the deadline are published', async () => {
    let report = (_: readonly ScheduledEvent[]) => {};
    const poll = () =>
      new Promise<readonly ScheduledEvent[]>((resolve) => {
        report = resolve;
      });
    const { clock, sampler, timesOf } = sampling({ eventSources: [{ name: 'logins', everyMs: 5000, poll }] });
    await clock.pass(0);
    const reportFirst = report;
    await clock.pass(5000);
    expect(sampler.state().eventSources[0]?.lastError).toBe('no answer within 5000 ms');
    reportFirst([login('ada')]);
    await clock.pass(100);
    expect(timesOf('user-login')).toEqual([5000]);
  });

  it('loses nothing while the log is down, up to the newest 1,000 events', async () => {
    let isDown = true;
    let polled = 0;
    const published: string[] = [];
    const { clock, sampler } = sampling({
      eventSources: [
        {
          name: 'logins',
          everyMs: 1000,
          poll: async () => Array.from({ length: 100 }, () => login(`${polled++}`)),
        },
      ],
      async publish(events) {
        if (isDown) throw new Error('disk full');
        published.push(...events.map(({ json }) => String(JSON.parse(json).user)));
      },
    });
    await clock.pass(14_500);
    expect(sampler.state().publishing.lastError).toBe('disk full');
    isDown = false;
    await clock.pass(1000);
    // The 15 polls before found 1,500 events; those of the next poll follow.
    expect(published).toEqual(Array.from({ length: 1100 }, (_, index) => `${index + 500}`));
    expect(sampler.state().publishing.lastError).toBeNull();
  });

  it('publishes durably, unlike samples', async () => {
    const durabilities: string[] = [];
    const { clock } = sampling({
      collectors: [cpu],
      eventSources: [{ name: 'logins', everyMs: 5000, poll: async () => [login('ada')] }],
      async publish([event], durability) {
        durabilities.push(`${event?.type} ${durability}`);
      },
    });
    await clock.pass(100);
    expect(durabilities.sort()).toEqual(['cpu batched', 'user-login durable-if-possible']);
  });

  it('that fails stops no other', async () => {
    const { clock, sampler, timesOf } = sampling({
      collectors: [cpu],
      eventSources: [
        { name: 'broken', everyMs: 5000, poll: () => Promise.reject(new Error('no utmp')) },
        { name: 'stuck', everyMs: 5000, poll: never },
        { name: 'logins', everyMs: 5000, poll: async () => [login('ada')] },
      ],
    });
    await clock.pass(10_000);
    expect(timesOf('cpu')).toHaveLength(11);
    expect(timesOf('user-login')).toEqual([0, 5000, 10_000]);
    expect(sampler.state().eventSources.map(({ name, lastError }) => [name, lastError])).toEqual([
      ['broken', 'no utmp'],
      ['stuck', 'no answer within 5000 ms'],
      ['logins', null],
    ]);
  });
});

it('stops everything and leaves no timer behind', async () => {
  const { collector, calls } = answeredByHand(filesystem);
  const { clock, sampler, appends } = sampling({
    collectors: [
      cpu,
      collector,
      { type: 'processes', everyMs: 5000, onDemand: true, collect: async () => ({}) },
    ],
    eventSources: [{ name: 'logins', everyMs: 5000, poll: never }],
  });
  await clock.pass(100);
  const before = appends.length;
  await sampler.stop();
  calls[0]?.answer({ mounts: [] });
  await clock.pass(100_000);
  expect(calls[0]?.signal.aborted).toBe(true);
  expect(appends).toHaveLength(before);
  expect(clock.pendingTimers).toBe(0);
});
