import { describe, expect, it } from 'vitest';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import { fakeClock } from '@/lib/testing/fake-clock';
import type { ScheduledCollector } from './collector';
import { Sampler, type SamplerOptions } from './sampler';

/** Not close to the start of a second, so that ticks begin at once. */
const start = Date.UTC(2026, 0, 1) + 400;
const cpu: ScheduledCollector = { type: 'cpu', collect: async () => ({ totalPercent: 12.5 }) };
const memory: ScheduledCollector = { type: 'memory', collect: async () => ({ usedBytes: 1024 }) };
const never = () => new Promise<never>(() => {});

/** A sampler on a fake clock, and every cycle that it published. */
function sampling(options: Partial<SamplerOptions>) {
  const clock = fakeClock(start);
  const cycles: NewEvent[][] = [];
  const publish = async (events: readonly NewEvent[]) => {
    cycles.push([...events]);
  };
  const sampler = new Sampler({
    host: 'atlas',
    collectors: [cpu, memory],
    intervalMs: 1000,
    publish,
    clock,
    ...options,
  });
  return { clock, cycles, sampler };
}

const typesOf = (cycles: readonly NewEvent[][]) =>
  cycles.map((events) => events.map(({ type }) => type).join());

/** A collector that counts its calls, and what it was told of them. */
function counting(type: 'cpu' | 'memory', answer: (call: number) => Promise<object | null>) {
  const calls: { readonly at: number; readonly signal: AbortSignal }[] = [];
  let now = () => 0;
  const collector: ScheduledCollector = {
    type,
    collect(signal) {
      calls.push({ at: now(), signal });
      return answer(calls.length);
    },
  };
  return {
    collector,
    calls,
    ticksOf: (tick: () => number) => {
      now = tick;
    },
  };
}

describe('a cycle', () => {
  it('is one append of all samples, each one line of JSON with the same t', async () => {
    const { clock, cycles, sampler } = sampling({});
    await clock.pass(1000);
    expect(cycles).toEqual(
      [start, start + 1000].map((t) => [
        { type: 'cpu', host: 'atlas', t, json: `{"t":${t},"host":"atlas","totalPercent":12.5}` },
        { type: 'memory', host: 'atlas', t, json: `{"t":${t},"host":"atlas","usedBytes":1024}` },
      ]),
    );
    expect(sampler.state()).toEqual({
      runningMs: 1000,
      lastSampleAt: start + 1000,
      sampleAgeMs: 0,
      collectors: [
        { type: 'cpu', lastOkAt: start + 1000, consecutiveFailures: 0, lastError: null },
        { type: 'memory', lastOkAt: start + 1000, consecutiveFailures: 0, lastError: null },
      ],
      eventSources: [],
      publishing: { consecutiveFailures: 0, lastError: null },
    });
  });

  it('keeps the order of the collectors, whichever answers first', async () => {
    const slow: ScheduledCollector = {
      type: 'cpu',
      collect: () => new Promise((resolve) => setImmediate(() => resolve({ totalPercent: 1 }))),
    };
    const { clock, cycles } = sampling({ collectors: [slow, memory] });
    await clock.pass(10);
    await expect.poll(() => typesOf(cycles)).toEqual(['cpu,memory']);
  });

  it('leaves out collectors without a sample, and is not published when empty', async () => {
    const { collector } = counting('cpu', async (call) => (call === 1 ? null : { totalPercent: 1 }));
    const { clock, cycles, sampler } = sampling({ collectors: [collector] });
    await clock.pass(500);
    expect(cycles).toEqual([]);
    expect(sampler.state()).toMatchObject({ lastSampleAt: null, collectors: [{ lastOkAt: start }] });
    await clock.pass(500);
    expect(typesOf(cycles)).toEqual(['cpu']);
  });

  it('stamps the wall clock as it is, also when it has been set back', async () => {
    const { clock, cycles } = sampling({ collectors: [cpu] });
    await clock.pass(1000);
    clock.stepWall(-3_600_000);
    await clock.pass(1000);
    expect(cycles.map(([event]) => event?.t)).toEqual([start, start + 1000, start + 2000 - 3_600_000]);
  });

  it.each([-5, 5])('is no older for a wall clock that steps by %i h', async (hours) => {
    const { clock, sampler } = sampling({ collectors: [cpu] });
    expect(sampler.state().sampleAgeMs).toBeNull();
    await clock.pass(1000);
    clock.stepWall(hours * 3_600_000);
    await clock.pass(400);
    expect(sampler.state().sampleAgeMs).toBe(400);
  });
});

describe('a collector that fails', () => {
  it.each<[string, ScheduledCollector['collect']]>([
    ['rejects', () => Promise.reject(new Error('no such file'))],
    [
      'throws',
      () => {
        throw new Error('no such file');
      },
    ],
  ])('and %s stops no other, and is asked again at the next tick', async (_, collect) => {
    const { clock, cycles, sampler } = sampling({ collectors: [{ type: 'cpu', collect }, memory] });
    await clock.pass(2000);
    expect(typesOf(cycles)).toEqual(['memory', 'memory', 'memory']);
    const [first] = sampler.state().collectors;
    expect(first).toEqual({ type: 'cpu', lastOkAt: null, consecutiveFailures: 3, lastError: 'no such file' });
  });

  it('is forgiven as soon as it answers', async () => {
    const { collector } = counting('cpu', async (call) => {
      if (call < 3) throw new Error('not yet');
      return { totalPercent: 1 };
    });
    const { clock, sampler } = sampling({ collectors: [collector] });
    await clock.pass(2000);
    expect(sampler.state().collectors).toEqual([
      { type: 'cpu', lastOkAt: start + 2000, consecutiveFailures: 0, lastError: null },
    ]);
  });

  it('by a payload that is no JSON counts as failed', async () => {
    const { clock, cycles, sampler } = sampling({
      collectors: [{ type: 'cpu', collect: async () => ({ n: 1n }) }, memory],
    });
    await clock.pass(0);
    expect(typesOf(cycles)).toEqual(['memory']);
    expect(sampler.state().collectors[0]?.lastError).toContain('BigInt');
  });
});

describe('a collector that hangs', () => {
  it('delays its cycle until the deadline, is aborted, and stops no other', async () => {
    const { collector, calls } = counting('cpu', never);
    const { clock, cycles, sampler } = sampling({ collectors: [collector, memory], deadlineMs: 300 });
    await clock.pass(299);
    expect(cycles).toEqual([]);
    expect(calls[0]?.signal.aborted).toBe(false);
    await clock.pass(1);
    expect(typesOf(cycles)).toEqual(['memory']);
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(sampler.state().collectors[0]).toMatchObject({
      consecutiveFailures: 1,
      lastError: 'no answer within 300 ms',
    });
  });

  it('pauses for 1, 2, 4 … 60 ticks', async () => {
    const { collector, calls, ticksOf } = counting('cpu', never);
    const { clock, cycles } = sampling({ collectors: [collector, memory] });
    ticksOf(() => Math.round((clock.wallMs() - start) / 1000));
    await clock.pass(200_000);
    const pauses = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0) - 1);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(cycles).toHaveLength(201);
  });

  it('is not read again while its answer is late, and the late answer is dropped', async () => {
    const answers: ((payload: object) => void)[] = [];
    const { collector, calls } = counting('cpu', () => new Promise((resolve) => answers.push(resolve)));
    const { clock, cycles, sampler } = sampling({ collectors: [collector, memory], deadlineMs: 300 });
    await clock.pass(1500);
    expect(calls).toHaveLength(1);
    answers[0]?.({ totalPercent: 99 });
    await clock.pass(400);
    expect(sampler.state().collectors[0]).toMatchObject({ lastOkAt: null, consecutiveFailures: 1 });
    expect(typesOf(cycles)).toEqual(['memory', 'memory']);
    await clock.pass(110);
    answers[1]?.({ totalPercent: 1 });
    await clock.pass(300);
    expect(typesOf(cycles)).toEqual(['memory', 'memory', 'cpu,memory']);
  });

  it('and rejects too late leaves no unhandled rejection', async () => {
    const rejects: ((error: Error) => void)[] = [];
    const { collector } = counting('cpu', () => new Promise((_, reject) => rejects.push(reject)));
    const { clock, sampler } = sampling({ collectors: [collector], deadlineMs: 300 });
    await clock.pass(400);
    rejects[0]?.(new Error('aborted'));
    await clock.pass(10);
    expect(sampler.state().collectors[0]?.consecutiveFailures).toBe(1);
  });

  it('beyond the interval is given up when the next cycle begins, so that cycles stay in order', async () => {
    const { collector } = counting('cpu', never);
    const { clock, cycles } = sampling({ collectors: [collector, memory], deadlineMs: 5000 });
    await clock.pass(2000);
    expect(cycles.map(([event]) => event?.t)).toEqual([start, start + 1000]);
  });
});

describe('publishing', () => {
  it('that fails is reported in the state, and the next cycle is published', async () => {
    let isDown = true;
    const { clock, sampler } = sampling({
      publish: async () => {
        if (isDown) throw new Error('disk full');
      },
    });
    await clock.pass(1000);
    expect(sampler.state()).toMatchObject({
      lastSampleAt: null,
      publishing: { consecutiveFailures: 2, lastError: 'disk full' },
    });
    isDown = false;
    await clock.pass(1000);
    expect(sampler.state()).toMatchObject({
      lastSampleAt: start + 2000,
      publishing: { consecutiveFailures: 0, lastError: null },
    });
  });

  it('that hangs does not fill the memory: beyond 60 unanswered cycles, samples are dropped', async () => {
    let appends = 0;
    const { clock, sampler } = sampling({
      publish: () => {
        appends += 1;
        return never();
      },
    });
    await clock.pass(100_000);
    expect(appends).toBe(60);
    expect(sampler.state().publishing).toEqual({
      consecutiveFailures: 41,
      lastError: 'the log does not answer',
    });
  });
});

describe('stopping', () => {
  it('waits for running appends, and publishes nothing afterwards', async () => {
    let acknowledge = () => {};
    const { clock, sampler } = sampling({
      publish: () =>
        new Promise<void>((resolve) => {
          acknowledge = resolve;
        }),
    });
    await clock.pass(0);
    const stopped = sampler.stop();
    acknowledge();
    await stopped;
    expect(sampler.state().lastSampleAt).toBe(start);
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not wait for ever, and aborts what is being read', async () => {
    const { collector, calls } = counting('cpu', never);
    const { clock, sampler } = sampling({ collectors: [collector], deadlineMs: 300 });
    await clock.pass(0);
    await sampler.stop();
    expect(calls[0]?.signal.aborted).toBe(true);

    const hanging = sampling({ publish: never, deadlineMs: 300 });
    await hanging.clock.pass(0);
    const stopped = hanging.sampler.stop();
    await hanging.clock.pass(300);
    await stopped;
  });
});

it('runs on the machine’s own clock', async () => {
  const times: number[] = [];
  await new Promise<void>((resolve) => {
    const sampler = new Sampler({
      host: 'atlas',
      collectors: [cpu],
      intervalMs: 20,
      publish: async ([event]) => {
        times.push(event?.t ?? 0);
        if (times.length === 5) resolve(sampler.stop());
      },
    });
    // Its timers keep no process alive; here the test's own does.
    setTimeout(() => {}, 1000).unref();
  });
  expect(times.every((t, index) => index === 0 || t > (times[index - 1] ?? 0))).toBe(true);
  expect(Math.abs(Date.now() - (times[0] ?? 0))).toBeLessThan(10_000);
});
