import { describe, expect, it } from 'vitest';
import { hostFactsSchema, loginSchema } from '@/lib/protocol/payloads';
import { openHost } from '@/lib/server/open-host';
import { clockWith } from '@/lib/testing/fake-clock';
import { leastCpuMs } from '../../../bench/cost.mjs';
import { openDemoHost } from './demo-host';
import { demoSampleAt } from './demo-sample';
import { demoLoginsBetween } from './logins';

const { signal } = new AbortController();
const start = Date.UTC(2026, 5, 1, 19);
const hourMs = 3_600_000;

describe('the synthetic host', () => {
  it('is what a seed opens, called demo unless it has a name', () => {
    const roots = { procPath: '/proc', sysPath: '/sys' };
    expect(openHost({ ...roots, demoSeed: 0 }).name).toBe('demo');
    expect(openHost({ ...roots, demoSeed: 7, name: 'atlas' }).name).toBe('atlas');
    expect(openHost({ ...roots, demoSeed: null }).name).not.toBe('demo');
  });

  it('reads every kind of sample, as demoSampleAt has it', async () => {
    const host = openDemoHost({ name: 'demo', seed: 7, clock: clockWith({ wallMs: () => start }) });
    const expected = demoSampleAt(7, start);
    expect(host.collectors.map(({ type }) => type)).toEqual(Object.keys(expected));
    for (const reading of host.collectors)
      expect(await reading.collect(signal)).toEqual(expected[reading.type]);
  });

  it('gives every collector of a cycle the same state, however late it reads', async () => {
    let now = start;
    const host = openDemoHost({ name: 'demo', seed: 7, clock: clockWith({ wallMs: () => now }) });
    const expected = demoSampleAt(7, start);
    for (const reading of host.collectors) {
      expect(await reading.collect(signal)).toEqual(expected[reading.type]);
      now += 20;
    }
    now = start + 200;
    expect(await host.collectors[0]?.collect(signal)).not.toEqual(expected.cpu);
  });

  it('carries nothing over: a host that has run for a while reads as a new one', async () => {
    let now = start;
    const old = openDemoHost({ name: 'demo', seed: 7, clock: clockWith({ wallMs: () => now }) });
    for (now = start; now < start + 60_000; now += 777) {
      for (const reading of old.collectors) await reading.collect(signal);
    }
    const fresh = openDemoHost({ name: 'demo', seed: 7, clock: clockWith({ wallMs: () => now }) });
    for (const [nth, reading] of old.collectors.entries()) {
      expect(await reading.collect(signal)).toEqual(await fresh.collectors[nth]?.collect(signal));
    }
  });

  it('has the facts of its samples', async () => {
    const facts = await openDemoHost({
      name: 'demo',
      seed: 7,
      clock: clockWith({ wallMs: () => start }),
    }).facts();
    expect(hostFactsSchema.parse(facts)).toEqual(facts);
    const { cpu, memory } = demoSampleAt(7, start);
    expect([facts.cores, facts.memoryBytes]).toEqual([cpu.cores.length, memory.totalBytes]);
    expect(facts.bootTime ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(start);
    const later = await openDemoHost({
      name: 'demo',
      seed: 7,
      clock: clockWith({ wallMs: () => start + 60_000 }),
    }).facts();
    expect(later.bootTime).toBe(facts.bootTime);
  });
});

describe('logins', () => {
  it('come in order, each with its logout, and fit the schema', () => {
    const logins = demoLoginsBetween(7, start, start + 48 * hourMs);
    expect(logins.length).toBeGreaterThan(20);
    expect(logins.map(({ unixMs }) => unixMs)).toEqual(
      logins.map(({ unixMs }) => unixMs).sort((a, b) => a - b),
    );
    const open = new Set<string>();
    for (const { unixMs, event: login } of logins.slice(2)) {
      const event = { t: unixMs, host: 'demo', ...login.payload };
      expect(loginSchema.parse(event)).toEqual(event);
      const { terminal } = loginSchema.parse(event);
      if (login.type === 'user-login') expect(open.has(terminal ?? '')).toBe(false);
      if (login.type === 'user-login') open.add(terminal ?? '');
      else open.delete(terminal ?? '');
    }
  });

  it('are reported once, whatever the polling interval', async () => {
    const expected = demoLoginsBetween(7, start, start + 6 * hourMs).map(({ event }) => event);
    for (const stepMs of [1_700, 61_000, hourMs]) {
      let now = start;
      const [watch] = openDemoHost({
        name: 'demo',
        seed: 7,
        clock: clockWith({ wallMs: () => now }),
      }).eventSources;
      const told: unknown[] = [];
      while (now < start + 6 * hourMs) {
        now = Math.min(start + 6 * hourMs, now + stepMs);
        told.push(...((await watch?.poll(signal)) ?? []));
      }
      expect(told).toEqual(expected);
    }
  });

  it('of a long sleep are left out, and a clock set back reports nothing', async () => {
    let now = start;
    const [watch] = openDemoHost({
      name: 'demo',
      seed: 7,
      clock: clockWith({ wallMs: () => now }),
    }).eventSources;
    now = start + 100 * hourMs;
    const told = await watch?.poll(signal);
    expect(told).toEqual(demoLoginsBetween(7, now - hourMs, now).map(({ event }) => event));
    now = start;
    expect(await watch?.poll(signal)).toEqual([]);
  });
});

// What it costs in milliseconds is measured by bench/growth.mjs.
it('a cycle of all collectors costs the same at any time: nothing is computed from an origin', async () => {
  const rounds = (fromMs: number) => () => {
    for (let nth = 0; nth < 200; nth += 1) demoSampleAt(7, fromMs + nth * 1_000);
  };
  await leastCpuMs(rounds(0));
  const [early, late] = [await leastCpuMs(rounds(hourMs)), await leastCpuMs(rounds(start))];
  expect(late / early, JSON.stringify({ early, late })).toBeLessThan(8);
});
