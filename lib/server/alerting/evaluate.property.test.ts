import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Comparison, Rule } from '@/lib/protocol/alerting';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { cpu, filesystem, login, memory, sensor, startT } from '@/lib/testing/stored-events';
import { evaluate } from './evaluate';
import { newState, type Transition } from './evaluation-state';
import { preview } from './preview';
import { restore, type Snapshot, snapshotOf } from './snapshot';

const runs = { numRuns: 60 };

const ruleOn = (metric: string, comparison: Comparison, forSeconds: number, id: string): Rule => ({
  id,
  name: id,
  metric,
  comparison,
  threshold: comparison === 'absent' ? null : comparison === 'fullWithinHours' ? 4 : 70,
  ...(comparison === 'absent' ? {} : { clearThreshold: comparison === 'above' ? 50 : 70 }),
  forSeconds,
  severity: 'warning',
  enabled: true,
});

const above = (forSeconds: number) => ruleOn('cpu.totalPercent', 'above', forSeconds, 'above');
const everyKind = (forSeconds: number): readonly Rule[] => [
  above(forSeconds),
  ruleOn('memory.*', 'below', forSeconds, 'below'),
  ruleOn('memory.usedPercent', 'absent', forSeconds + 1, 'absent'),
  { ...ruleOn('sensor.*', 'absent', forSeconds + 1, 'silent'), threshold: 3 },
  ruleOn('cpu.totalPercent', 'risesFasterThan', 0, 'rises'),
  { ...ruleOn('filesystem.*.usedPercent', 'fullWithinHours', forSeconds, 'fills') },
  { ...ruleOn('user-login.*.newAddress', 'above', 0, 'login'), threshold: 0, clearThreshold: 0 },
  { ...ruleOn('sensor.*.temperature', 'above', forSeconds, 'hot'), clearThreshold: 60 },
];

/** Values that stay for a while, with gaps, at a steady second. */
const spells = fc.array(
  fc.record({
    value: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { freq: 8 }),
    seconds: fc.integer({ min: 1, max: 30 }),
  }),
  { minLength: 1, maxLength: 25 },
);

const steady = spells.map((list) =>
  list
    .flatMap(({ value, seconds }) => Array.from({ length: seconds }, () => value))
    .map((value, index) => cpu({ seq: index + 1, t: startT + index * 1000 }, value)),
);

/** A log as it may come: pauses, steps of the clock, events of every kind, two hosts. */
const anyLog = fc
  .array(
    fc.record({
      gapMs: fc.oneof(
        { weight: 20, arbitrary: fc.constant(1000) },
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 60_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: -7_200_000, max: 7_200_000 }) },
      ),
      kind: fc.integer({ min: 0, max: 11 }),
      host: fc.constantFrom('atlas', 'atlas', 'atlas', 'boreas'),
      value: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(95, 96, 40)),
      isMissing: fc.boolean(),
    }),
    { minLength: 20, maxLength: 400 },
  )
  .map((list) => {
    let t = startT;
    return list.map(({ gapMs, kind, host, value, isMissing }, index): LoggedEvent => {
      t += gapMs;
      const at = { seq: index + 1, t, host };
      if (kind < 5) return cpu(at, isMissing && kind === 0 ? null : value);
      if (kind < 8) return memory(at, isMissing && kind === 5 ? null : value);
      if (kind < 9) return sensor(at, `s${value % 2}`, isMissing ? null : value);
      if (kind < 11) return filesystem(at, 50 + index / 10);
      return login(at, `192.0.2.${value % 5}`);
    });
  });

function run(rules: readonly Rule[], events: readonly LoggedEvent[]): Transition[] {
  const state = newState(rules);
  return events.flatMap((event) => evaluate(state, event));
}

test('an alert fires only after its duration, with every value beyond the threshold', () => {
  fc.assert(
    fc.property(steady, fc.integer({ min: 0, max: 40 }), (events, forSeconds) => {
      for (const { state, t, since } of run([above(forSeconds)], events)) {
        if (state !== 'firing') continue;
        expect(t - since).toBeGreaterThanOrEqual(forSeconds * 1000);
        const within = events.filter((event) => event.t >= since && event.t <= t);
        const values = within.map(({ json }) => JSON.parse(json).totalPercent as number | null);
        expect(values.filter((value) => value !== null && value <= 70)).toEqual([]);
      }
    }),
    runs,
  );
});

test('an alert never ends within the hysteresis band', () => {
  const band = fc.array(fc.double({ min: 50, max: 100, noNaN: true, minExcluded: true }), { maxLength: 400 });
  fc.assert(
    fc.property(band, fc.integer({ min: 0, max: 5 }), (values, forSeconds) => {
      const lead = Array.from({ length: 7 }, () => 99);
      const events = [...lead, ...values].map((value, index) =>
        cpu({ seq: index + 1, t: startT + index * 1000 }, value),
      );
      expect(run([above(forSeconds)], events).filter(({ state }) => state !== 'pending')).toHaveLength(1);
    }),
    runs,
  );
});

test('the states of an alert are pending, firing and resolved, in order and each once', () => {
  const next = { pending: ['firing', 'resolved'], firing: ['resolved'], resolved: [] as string[] };
  fc.assert(
    fc.property(anyLog, fc.integer({ min: 0, max: 20 }), (events, forSeconds) => {
      const last = new Map<string, keyof typeof next>();
      for (const { alertId, state } of run(everyKind(forSeconds), events)) {
        const before = last.get(alertId);
        expect(before ? next[before] : ['pending', 'firing']).toContain(state);
        last.set(alertId, state);
      }
    }),
    runs,
  );
});

test('restarts at any points change no transition', () => {
  fc.assert(
    fc.property(
      anyLog,
      fc.integer({ min: 0, max: 20 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
      (events, forSeconds, restarts) => {
        const rules = everyKind(forSeconds);
        let state = newState(rules);
        const transitions = events.flatMap((event, index) => {
          if (restarts.includes(index)) {
            state = restore(rules, JSON.parse(JSON.stringify(snapshotOf(state))) as Snapshot);
          }
          return evaluate(state, event);
        });
        expect(transitions).toEqual(run(rules, events));
      },
    ),
    runs,
  );
});

test('a preview gives the firings of live evaluation', async () => {
  await fc.assert(
    fc.asyncProperty(anyLog, fc.integer({ min: 0, max: 20 }), async (events, forSeconds) => {
      for (const rule of everyKind(forSeconds)) {
        const live = run([rule], events);
        const firings = await preview(rule, events);
        const fired = live.filter(({ state }) => state === 'firing');
        expect(firings.map(({ from, host, metric }) => ({ from, host, metric }))).toEqual(
          fired.map(({ t, host, metric }) => ({ from: t, host, metric })),
        );
        for (const [index, { alertId }] of fired.entries()) {
          const ended = live.find((one) => one.alertId === alertId && one.state === 'resolved');
          if (ended) expect(firings[index]?.to).toBe(ended.t);
        }
      }
    }),
    { numRuns: 25 },
  );
});

test('rules do not influence each other', () => {
  fc.assert(
    fc.property(anyLog, fc.integer({ min: 0, max: 20 }), (events, forSeconds) => {
      const rules = everyKind(forSeconds);
      const together = run(rules, events);
      for (const rule of rules) {
        expect(together.filter((one) => one.rule.id === rule.id)).toEqual(run([rule], events));
      }
    }),
    { numRuns: 25 },
  );
});
