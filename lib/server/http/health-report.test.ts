import { describe, expect, it } from 'vitest';
import type { ScheduledCollector } from '@/lib/server/scheduler/collector';
import { Sampler } from '@/lib/server/scheduler/sampler';
import { fakeClock } from '@/lib/testing/fake-clock';
import { perDay, samplerHealth } from './health-report';

/** A sampler on a clock of the test's own, whose one reading answers as it is told to. */
function sampling(intervalMs: number) {
  const clock = fakeClock(Date.UTC(2026, 0, 1) + 400);
  let answers = false;
  const cpu: ScheduledCollector = {
    type: 'cpu',
    collect: async () => (answers ? { totalPercent: 1 } : Promise.reject(new Error('not there'))),
  };
  const sampler = new Sampler({
    ...{ host: 'atlas', collectors: [cpu], intervalMs, clock },
    publish: async () => {},
  });
  return {
    clock,
    health: () => samplerHealth(sampler.state(), intervalMs),
    answer(value: boolean) {
      answers = value;
    },
  };
}

describe('the health of the sampler', () => {
  it('has a phase in which it starts, and no first sample in time is a fault', async () => {
    const { clock, health, answer } = sampling(1_000);
    expect(health()).toEqual({ state: 'starting', sampleAgeMs: null });
    await clock.pass(15_000);
    expect(health().state).toBe('starting');
    await clock.pass(1);
    expect(health()).toEqual({ state: 'late', sampleAgeMs: null });
    answer(true);
    await clock.pass(1_000);
    expect(health().state).toBe('sampling');
  });

  it('waits for the first sample at least three intervals', async () => {
    const { clock, health } = sampling(60_000);
    await clock.pass(180_000);
    expect(health().state).toBe('starting');
    await clock.pass(1);
    expect(health().state).toBe('late');
  });

  it('is a fault again as soon as samples that came no longer do', async () => {
    const { clock, health, answer } = sampling(1_000);
    answer(true);
    await clock.pass(2_000);
    expect(health()).toEqual({ state: 'sampling', sampleAgeMs: 0 });
    answer(false);
    await clock.pass(5_000);
    expect(health().state).toBe('sampling');
    await clock.pass(1);
    expect(health()).toEqual({ state: 'late', sampleAgeMs: 5_001 });
    answer(true);
    await clock.pass(1_000);
    expect(health().state).toBe('sampling');
  });
});

it('has no rate of a day from the first seconds', () => {
  expect(perDay(1_000_000, 0)).toBeNull();
  expect(perDay(1_000_000, 59.9)).toBeNull();
  expect(perDay(600, 60)).toBe(864_000);
});
