import { describe, expect, it } from 'vitest';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import { fakeClock } from '@/lib/testing/fake-clock';
import type { ScheduledCollector, ScheduledEvent, ScheduledEventSource } from './sampled';
import { type SamplerOptions, startSampler } from './sampler';

/** Where ticks begin at once: not close to where a second begins. */
const start = Date.UTC(2026, 0, 1) + 400;
const never = () => new Promise<never>(() => {});
const cpu: ScheduledCollector = { type: 'cpu', collect: async () => ({ totalPercent: 12.5 }) };

/** A sampler on a clock of the test's own, and every append: its types and when it came, in ms since the start. */
function sampling(options: Partial<SamplerOptions>) {
  const clock = fakeClock(start);
  const origin = clock.monotonicMs();
  const appends: { readonly at: number; readonly events: readonly NewEvent[] }[] = [];
  const sampler = startSampler({
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

/** A reading whose every answer the test gives by hand. */
function answeredByHand(options: Omit<ScheduledCollector, 'collect'>) {
  const calls: { readonly signal: AbortSignal; answer(payload: object | null): void }[] = [];
  const reading: ScheduledCollector = {
    ...options,
    collect: (signal) => new Promise((answer) => calls.push({ signal, answer })),
  };
  return { reading, calls };
}

const filesystem = { type: 'filesystem', everyMs: 30_000 } as const;

describe('a reading with a period of its own', () => {
  it('is read at once and at multiples of its period, and published by itself', async () => {
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
    startSampler({
      host: 'atlas',
      collectors: [{ type: 'processes', everyMs: 5000, collect }],
      intervalMs: 1000,
      publish: async () => {},
      clock: { ...clock, after: (ms, call) => clock.after(ms + 40, call) },
    });
    await clock.pass(3_600_100);
    expect(times).toEqual(Array.from({ length: 721 }, (_, tick) => tick * 5000 + 40));
  });

  it('keeps its pace when all samples have a longer one', async () => {
    const slow: ScheduledCollector = { ...filesystem, collect: async () => ({ mounts: [] }) };
    const { clock, timesOf } = sampling({ collectors: [cpu, slow], intervalMs: 60_000 });
    await clock.pass(60_000);
    expect(timesOf('filesystem')).toEqual([0, 30_000, 60_000]);
  });

  it('holds no round up, and is stamped when it is through', async () => {
    const { reading, calls } = answeredByHand(filesystem);
    const { clock, appends, timesOf } = sampling({ collectors: [cpu, reading] });
    await clock.pass(4500);
    expect(timesOf('cpu')).toEqual([0, 1000, 2000, 3000, 4000]);
    calls[0]?.answer({ mounts: [] });
    await clock.pass(100);
    const t = start + 4500;
    expect(appends.at(-1)?.events).toEqual([
      { type: 'filesystem', host: 'atlas', t, json: `{"t":${t},"host":"atlas","mounts":[]}` },
    ]);
  });

  it('is cut at its own deadline, and what comes later is dropped', async () => {
    const { reading, calls } = answeredByHand(filesystem);
    const { clock, sampler, timesOf } = sampling({ collectors: [reading] });
    await clock.pass(9_999);
    expect(calls[0]?.signal.aborted).toBe(false);
    await clock.pass(1);
    expect(calls[0]?.signal.aborted).toBe(true);
    calls[0]?.answer({ mounts: [] });
    await clock.pass(10);
    expect(timesOf('filesystem')).toEqual([]);
    expect(sampler.state().readings).toEqual([
      { type: 'filesystem', lastOkAt: null, consecutiveFailures: 1, lastError: 'no answer within 10000 ms' },
    ]);
  });

  it('pauses for 1, 2, 4 … periods while it hangs, but for 5 min at most', async () => {
    const { reading, calls } = answeredByHand(filesystem);
    const times: number[] = [];
    const { clock } = sampling({
      collectors: [
        {
          ...filesystem,
          collect(signal) {
            times.push(clock.monotonicMs());
            return reading.collect(signal);
          },
        },
      ],
    });
    await clock.pass(1_800_000);
    const pauses = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 30_000 - 1);
    expect(pauses).toEqual([1, 2, 4, 8, 10, 10, 10]);
    expect(calls).toHaveLength(times.length);
  });

  it('that fails is in the state, and is asked again in its next period', async () => {
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
    expect(sampler.state().readings[0]).toMatchObject({ consecutiveFailures: 1, lastError: 'no such file' });
    isBroken = false;
    await clock.pass(30_000);
    expect(timesOf('filesystem')).toEqual([30_000]);
    expect(sampler.state().readings[0]).toMatchObject({ consecutiveFailures: 0, lastError: null });
  });
});

describe('a reading on demand', () => {
  const processes = { type: 'processes', everyMs: 5000, onDemand: true } as const;
  const answering = { ...processes, collect: async () => ({ top: [] }) };

  it('runs while it is wanted, and at once when it comes to be', async () => {
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

  it('is in the round of all where it has no period of its own', async () => {
    let isWanted = false;
    const { everyMs: _, ...inRounds } = answering;
    const { clock, appends } = sampling({ collectors: [cpu, inRounds], wanted: () => isWanted });
    await clock.pass(0);
    isWanted = true;
    await clock.pass(1000);
    expect(appends.map(({ events }) => events.map(({ type }) => type))).toEqual([
      ['cpu'],
      ['cpu', 'processes'],
    ]);
  });

  it('still rests after it hung, wanted anew or not', async () => {
    const { reading, calls } = answeredByHand(processes);
    let isWanted = true;
    const { clock } = sampling({ collectors: [reading], wanted: () => isWanted });
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

describe('a watch', () => {
  const login = (user: string): ScheduledEvent => ({ type: 'user-login', payload: { user } });

  it('publishes what happened, stamped, and nothing when nothing did', async () => {
    const finds = [[], [login('ada'), login('bob')]];
    const watch: ScheduledEventSource = {
      name: 'logins',
      everyMs: 5000,
      poll: async () => finds.shift() ?? [],
    };
    const { clock, sampler, appends } = sampling({ eventSources: [watch] });
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
      watches: [{ name: 'logins', lastOkAt: start + 20_000, consecutiveFailures: 0 }],
    });
  });

  it('loses nothing by being slow: what it tells too late is published', async () => {
    let tell = (_: readonly ScheduledEvent[]) => {};
    const poll = () =>
      new Promise<readonly ScheduledEvent[]>((resolve) => {
        tell = resolve;
      });
    const { clock, sampler, timesOf } = sampling({ eventSources: [{ name: 'logins', everyMs: 5000, poll }] });
    await clock.pass(0);
    const tellFirst = tell;
    await clock.pass(5000);
    expect(sampler.state().watches[0]?.lastError).toBe('no answer within 5000 ms');
    tellFirst([login('ada')]);
    await clock.pass(100);
    expect(timesOf('user-login')).toEqual([5000]);
  });

  it('loses nothing to a log that is down for a while, and keeps the newest 1,000', async () => {
    let isDown = true;
    let looks = 0;
    const published: string[] = [];
    const { clock, sampler } = sampling({
      eventSources: [
        {
          name: 'logins',
          everyMs: 1000,
          poll: async () => Array.from({ length: 100 }, () => login(`${looks++}`)),
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
    // The 15 looks before saw 1,500 of them; the one that comes now follows.
    expect(published).toEqual(Array.from({ length: 1100 }, (_, index) => `${index + 500}`));
    expect(sampler.state().publishing.lastError).toBeNull();
  });

  it('wants what it saw on disk, which samples need not be at once', async () => {
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
    expect(sampler.state().watches.map(({ name, lastError }) => [name, lastError])).toEqual([
      ['broken', 'no utmp'],
      ['stuck', 'no answer within 5000 ms'],
      ['logins', null],
    ]);
  });
});

it('stops all of it, and leaves no timer behind', async () => {
  const { reading, calls } = answeredByHand(filesystem);
  const { clock, sampler, appends } = sampling({
    collectors: [
      cpu,
      reading,
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
