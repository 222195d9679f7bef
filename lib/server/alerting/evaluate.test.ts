import { expect, test } from 'vitest';
import type { Rule } from '@/lib/protocol/alerting';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { cpu, filesystem, login, memory, sensor, startT } from '@/lib/testing/stored-events';
import { defaultRules } from './default-rules';
import { evaluate } from './evaluate';
import { newState, type Transition } from './evaluation-state';
import { messageOf } from './message';
import { recordLogin } from './metric-values';
import { restore, snapshotOf } from './snapshot';

const base: Rule = {
  id: 'busy',
  name: 'Busy',
  metric: 'cpu.totalPercent',
  comparison: 'above',
  threshold: 90,
  clearThreshold: 80,
  forSeconds: 10,
  severity: 'warning',
  enabled: true,
};

function run(rules: readonly Rule[], events: readonly LoggedEvent[]): Transition[] {
  const state = newState(rules);
  return events.flatMap((event) => evaluate(state, event));
}

/** Seconds since the start, and the state. */
const changes = (transitions: readonly Transition[]) =>
  transitions.map(({ t, state }) => [(t - startT) / 1000, state]);

/** One cpu sample a second. */
const cpus = (values: readonly (number | null)[], from = startT) =>
  values.map((value, index) => cpu({ seq: index + 1, t: from + index * 1000 }, value));

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('an alert is pending, fires after its duration, stays in the band and ends at the clear threshold', () => {
  const values = [50, ...times(11, 95), 85, 85, 92, 80.1, 80, 70];
  expect(changes(run([base], cpus(values)))).toEqual([
    [1, 'pending'],
    [11, 'firing'],
    [16, 'resolved'],
  ]);
});

test('a pending alert ends as soon as the value is not beyond the threshold', () => {
  expect(changes(run([base], cpus([95, 95, 90, 95])))).toEqual([
    [0, 'pending'],
    [2, 'resolved'],
    [3, 'pending'],
  ]);
});

test('all transitions of an alert have its id, and the next alert has another', () => {
  const transitions = run([{ ...base, forSeconds: 1 }], cpus([95, 95, 50, 95, 95]));
  const ids = transitions.map(({ alertId }) => alertId);
  expect(new Set(ids.slice(0, 3)).size).toBe(1);
  expect(new Set(ids).size).toBe(2);
  expect(transitions[1]).toMatchObject({
    since: startT,
    value: 95,
    threshold: 90,
    metric: 'cpu.totalPercent',
  });
});

test('a missing value is neither 0 nor a reason to fire', () => {
  const below: Rule = { ...base, comparison: 'below', threshold: 10, clearThreshold: 20, forSeconds: 0 };
  expect(run([below], cpus([50, null, null, Number.NaN, 50]))).toEqual([]);
  // Held up by nulls for a minute, it never fires; with a value it may.
  expect(changes(run([base], cpus([95, ...times(70, null)])))).toEqual([
    [0, 'pending'],
    [61, 'resolved'],
  ]);
  expect(changes(run([base], cpus([95, ...times(20, null), 95]))).at(-1)).toEqual([21, 'firing']);
});

test('a firing alert ends after five minutes without a value', () => {
  const transitions = run([base], cpus([...times(11, 95), ...times(400, null)]));
  expect(changes(transitions).at(-1)).toEqual([311, 'resolved']);
  expect(transitions.at(-1)).toMatchObject({ reason: 'no-value' });
});

test('a value that comes rarely holds until the next', () => {
  const rule: Rule = { ...base, metric: 'sensor.greenhouse.temperature', threshold: 30, clearThreshold: 25 };
  const events = Array.from({ length: 40 }, (_, index) =>
    cpu({ seq: index + 2, t: startT + index * 1000 }, 1),
  );
  events.splice(5, 0, sensor({ seq: 1, t: startT + 4000 }, 'greenhouse', 35));
  expect(changes(run([rule], events))).toEqual([
    [4, 'pending'],
    [14, 'firing'],
  ]);
});

test('a pattern has an alert for each metric', () => {
  const rule: Rule = {
    ...base,
    metric: 'sensor.*.temperature',
    threshold: 30,
    clearThreshold: 25,
    forSeconds: 0,
  };
  const transitions = run(
    [rule],
    [
      sensor({ seq: 1, t: startT }, 'one', 35),
      sensor({ seq: 2, t: startT + 1000 }, 'two', 20),
      sensor({ seq: 3, t: startT + 2000 }, 'two', 36),
      sensor({ seq: 4, t: startT + 3000 }, 'one', 20),
    ],
  );
  expect(transitions.map(({ metric, state }) => [metric, state])).toEqual([
    ['sensor.one.temperature', 'firing'],
    ['sensor.two.temperature', 'firing'],
    ['sensor.one.temperature', 'resolved'],
  ]);
});

test('hosts are evaluated independently', () => {
  const rule = { ...base, forSeconds: 0 };
  const transitions = run(
    [rule],
    [cpu({ seq: 1, t: startT, host: 'one' }, 95), cpu({ seq: 2, t: startT, host: 'two' }, 50)],
  );
  expect(transitions.map(({ host }) => host)).toEqual(['one']);
});

const silent: Rule = {
  ...base,
  id: 'silent',
  metric: 'memory.usedPercent',
  comparison: 'absent',
  threshold: null,
  forSeconds: 30,
};
const { clearThreshold: _, ...absent } = silent;

test('absence is detected by the time of other events', () => {
  const events = Array.from({ length: 100 }, (_, index) => {
    const at = { seq: index * 2 + 1, t: startT + index * 1000 };
    const both = [cpu(at, 1), memory({ ...at, seq: at.seq + 1 }, index < 20 || index > 70 ? 50 : null)];
    return index < 20 || index > 60 ? both : both.slice(0, 1);
  }).flat();
  const transitions = run([absent], events);
  expect(changes(transitions)).toEqual([
    [49, 'firing'],
    [71, 'resolved'],
  ]);
  expect(transitions[0]).toMatchObject({ since: startT + 19_000, value: null });
});

test('a metric that never came is absent as well', () => {
  expect(changes(run([absent], cpus(times(40, 1))))).toEqual([[30, 'firing']]);
});

test('absence may require some of the usual intervals', () => {
  const rule: Rule = { ...absent, metric: 'sensor.*', threshold: 3 };
  const hourly = (count: number) =>
    Array.from({ length: count * 60 }, (_, minute) => {
      const at = { seq: minute * 2 + 1, t: startT + minute * 60_000 };
      const sample = cpu(at, 1);
      return minute % 60 === 0 && minute < 300
        ? [sample, sensor({ ...at, seq: at.seq + 1 }, 'cellar', 12)]
        : [sample];
    }).flat();
  expect(run([rule], hourly(6))).toEqual([]);
  expect(changes(run([rule], hourly(9)))).toEqual([[(4 + 3) * 3600, 'firing']]);
});

test.each([3, -3, 24 * 365])('setting the clock by %d hours fires nothing and ends nothing', (hours) => {
  const step = hours * 3_600_000;
  const before = Array.from({ length: 20 }, (_, index) => index);
  const events = [...before, ...before.map((index) => index + 20)].flatMap((index) => {
    const t = startT + index * 1000 + (index >= 20 ? step : 0);
    return [cpu({ seq: index * 2 + 1, t }, index < 15 ? 50 : 95), memory({ seq: index * 2 + 2, t }, 50)];
  });
  const transitions = run(
    [{ ...base, forSeconds: 15 }, absent, { ...absent, id: 'other', forSeconds: 3 }],
    events,
  );
  expect(transitions.map(({ rule, state }) => [rule.id, state])).toEqual([
    ['busy', 'pending'],
    ['busy', 'firing'],
  ]);
  // 15 s of samples: a step forth counts as a tick, a step back as none.
  expect(transitions[1]?.t).toBe(startT + (hours > 0 ? 30_000 : 31_000) + step);
});

test('published events with times of their own do not set the clock', () => {
  const events = cpus(times(30, 95)).flatMap((event, index) => [
    { ...event, seq: index * 2 + 1 },
    sensor({ seq: index * 2 + 2, t: startT + (index % 2 ? 9e9 : -9e8) }, 'x', 1),
  ]);
  expect(changes(run([base, { ...absent, metric: 'sensor.x.temperature', forSeconds: 2 }], events))).toEqual([
    [0, 'pending'],
    [10, 'firing'],
  ]);
});

test('a pause of Hostbeat makes nothing absent and counts for no duration', () => {
  const events = [...cpus(times(5, 95)), ...cpus(times(8, 95), startT + 600_000)].flatMap((event, index) => [
    { ...event, seq: index * 2 + 1 },
    memory({ seq: index * 2 + 2, t: event.t }, 50),
  ]);
  expect(changes(run([base, { ...absent, forSeconds: 5 }], events))).toEqual([
    [0, 'pending'],
    [605, 'firing'],
  ]);
});

test('a flapping alert keeps firing, is marked, and ends after ten minutes below the threshold', () => {
  const rule = { ...base, forSeconds: 1 };
  const cycle = [...times(3, 95), ...times(60, 50)];
  const transitions = run([rule], cpus([...times(8, cycle).flat(), ...times(700, 50)]));
  const fired = transitions.filter(({ state }) => state === 'firing');
  expect(fired.map(({ isFlapping }) => isFlapping)).toEqual([false, false, false, true]);
  const [lastBreach] = [7 * 63 + 2];
  expect(changes(transitions).at(-1)).toEqual([lastBreach + 1 + 600, 'resolved']);
});

test('an alert that is pending again and again is announced three times in ten minutes', () => {
  const cycle = [...times(3, 95), ...times(10, 50)];
  const transitions = run([base], cpus(times(20, cycle).flat()));
  expect(transitions.filter(({ state }) => state === 'pending')).toHaveLength(3);
  expect(transitions.filter(({ state }) => state === 'resolved')).toHaveLength(3);
});

test('a long duration announces pending after a tenth of it', () => {
  const rule = { ...base, forSeconds: 100 };
  expect(run([rule], cpus([...times(9, 95), 50, ...times(9, 95), 50]))).toEqual([]);
  const transitions = run([rule], cpus(times(110, 95)));
  expect(changes(transitions)).toEqual([
    [10, 'pending'],
    [100, 'firing'],
  ]);
  expect(transitions[0]?.since).toBe(startT);
});

const filling: Rule = {
  ...base,
  metric: 'filesystem.*.usedPercent',
  comparison: 'fullWithinHours',
  threshold: 4,
  clearThreshold: 8,
  forSeconds: 600,
};

/** A value each 30 s, by minutes since the start. */
function filesystems(minutes: number, percentAt: (minute: number) => number, readOnly = false) {
  return Array.from({ length: minutes * 2 }, (_, index) =>
    filesystem({ seq: index + 1, t: startT + index * 30_000 }, percentAt(index / 2), readOnly),
  );
}

test('a file system that fills steadily fires a forecast', () => {
  const transitions = run(
    [filling],
    filesystems(120, (minute) => 50 + minute / 4),
  );
  expect(transitions.map(({ state }) => state)).toEqual(['pending', 'firing']);
  // 15 % an hour, at 54 % or so: 3 h left.
  expect(transitions[0]?.value).toBeCloseTo(
    (100 - 50 - ((transitions[0]?.t ?? 0) - startT) / 240_000) / 15,
    1,
  );
});

test.each([
  ['flat', () => 80],
  ['falling', (minute: number) => 90 - minute / 10],
  ['noisy', (minute: number) => 80 + Math.sin(minute)],
  ['given one large download', (minute: number) => Math.min(Math.max(40, 40 + (minute - 60) * 8), 80)],
])('a file system that is %s fires no forecast', (_name, percentAt) => {
  const transitions = run([{ ...filling, forSeconds: 2400 }], filesystems(300, percentAt));
  expect(transitions.filter(({ state }) => state === 'firing')).toEqual([]);
});

test('a forecast survives a restart', () => {
  const events = filesystems(120, (minute) => 50 + minute / 4);
  let state = newState([filling]);
  const transitions = events.flatMap((event, index) => {
    if (index % 7 === 0) state = restore([filling], JSON.parse(JSON.stringify(snapshotOf(state))));
    return evaluate(state, event);
  });
  expect(transitions).toEqual(run([filling], events));
  expect(transitions).toHaveLength(2);
});

test('a forecast ends when it stops rising', () => {
  const transitions = run(
    [filling],
    filesystems(400, (minute) => 50 + Math.min(minute, 90) / 4),
  );
  expect(transitions.map(({ state }) => state)).toEqual(['pending', 'firing', 'resolved']);
});

test('a read-only file system is not evaluated', () => {
  const rule = { ...base, metric: 'filesystem.*.usedPercent', forSeconds: 0 };
  expect(
    run(
      [rule],
      filesystems(2, () => 100, true),
    ),
  ).toEqual([]);
  expect(
    run(
      [rule],
      filesystems(2, () => 100),
    ),
  ).toHaveLength(1);
});

test('a rise is measured in units a minute', () => {
  const rule: Rule = {
    ...base,
    comparison: 'risesFasterThan',
    threshold: 10,
    clearThreshold: 5,
    forSeconds: 0,
  };
  const slow = cpus(Array.from({ length: 200 }, (_, second) => second * (9 / 60)));
  const fast = cpus(Array.from({ length: 200 }, (_, second) => Math.min(second, 100) * (11 / 60)));
  expect(run([rule], slow)).toEqual([]);
  const transitions = run([rule], fast);
  expect(transitions.map(({ state }) => state)).toEqual(['firing', 'resolved']);
  expect(transitions[0]?.value).toBeCloseTo(11, 6);
});

test("a temperature is compared with the sensor's own limits", () => {
  const rules = defaultRules.filter(({ id }) => id.startsWith('temperature'));
  const at = (value: number, limits: { high?: number | null; critical?: number | null }) =>
    Array.from({ length: 400 }, (_, index) =>
      sensor({ seq: index + 1, t: startT + index * 1000 }, 'chip', value, limits),
    );
  const fired = (events: readonly LoggedEvent[]) =>
    run(rules, events)
      .filter(({ state }) => state === 'firing')
      .map(({ rule, threshold }) => [rule.id, threshold]);
  expect(fired(at(85, { high: 80, critical: 100 }))).toEqual([['temperature-high', 80]]);
  expect(fired(at(101, { high: null, critical: 100 }))).toEqual([['temperature-critical', 100]]);
  expect(fired(at(85, {}))).toEqual([]);
  expect(fired(at(85, { high: 0, critical: 65_261 }))).toEqual([]);
});

test('a login from a new address fires once', () => {
  const rules = defaultRules.filter(({ id }) => id === 'login-new-address');
  const minutes = Array.from({ length: 200 }, (_, index) =>
    cpu({ seq: index + 10, t: startT + index * 60_000 }, 1),
  );
  const events = [
    ...minutes.slice(0, 2),
    login({ seq: 1, t: startT + 60_000 }, '192.0.2.7'),
    login({ seq: 2, t: startT + 60_000 }, null),
    ...minutes.slice(2, 100),
    login({ seq: 3, t: startT + 99 * 60_000 }, '192.0.2.7'),
    ...minutes.slice(100),
  ];
  const transitions = run(rules, events);
  expect(transitions.map(({ state, metric }) => [state, metric])).toEqual([
    ['firing', 'user-login.192.0.2.7.newAddress'],
    ['resolved', 'user-login.192.0.2.7.newAddress'],
  ]);
});

test('a published login neither looks like a real one nor hides that the next real one is new', () => {
  const rules = defaultRules.filter(({ id }) => id === 'login-new-address');
  const transitions = run(rules, [
    cpu({ seq: 1, t: startT }, 1),
    login({ seq: 2, t: startT + 1_000 }, '192.0.2.7', 'published'),
    login({ seq: 3, t: startT + 1_000 }, '192.0.2.8'),
    login({ seq: 4, t: startT + 3_000 }, '192.0.2.7'),
  ]);
  const own = transitions.filter(({ metric }) => metric.startsWith('user-login.192.'));
  expect(own.map(({ metric, state }) => [metric, state])).toEqual([
    ['user-login.192.0.2.8.newAddress', 'firing'],
    ['user-login.192.0.2.7.newAddress', 'firing'],
  ]);
  const [published] = transitions;
  expect(published?.metric).toBe('user-login.published:192.0.2.7.newAddress');
  expect(published && messageOf(published, [])).toMatch('A program published a login from 192.0.2.7.');
});

test('addresses of published logins are dropped first', () => {
  const known = new Map<string, number>();
  recordLogin(known, '192.0.2.8', startT);
  for (let index = 0; index < 20_000; index += 1) recordLogin(known, `published:${index}`, startT);
  expect(known.size).toBe(10_000);
  expect(recordLogin(known, '192.0.2.8', startT + 2 * 3_600_000)).toBe(false);
});

test('a disabled rule and an event without a valid payload do nothing', () => {
  expect(run([{ ...base, forSeconds: 0, enabled: false }], cpus([95]))).toEqual([]);
  const broken = ['', '{}', 'null', '[]', '{"sensors":[null]}'].flatMap((json, index) =>
    ['cpu', 'sensor-data', 'filesystem', 'user-login'].map((type) => ({
      seq: index,
      t: startT + index,
      host: 'atlas',
      type,
      json,
    })),
  );
  expect(run(defaultRules, broken)).toEqual([]);
});
