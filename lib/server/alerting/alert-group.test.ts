import { expect, test } from 'vitest';
import type { Rule } from '@/lib/protocol/alerting';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { startT } from '@/lib/testing/stored-events';
import { announcedMax } from './alert-group';
import { metricsWithoutCapacity, ruleRefusal } from './capacity-check';
import { evaluate } from './evaluate';
import { type EvaluationState, newState, type Transition } from './evaluation-state';
import { unitsMax } from './instance-units';
import { messageOf } from './message';
import { preview } from './preview';
import { withRules } from './rule-change';
import { restore, type Snapshot, snapshotOf } from './snapshot';

const hot: Rule = {
  id: 'hot',
  name: 'Hot',
  metric: 'sensor.*.temperature',
  comparison: 'above',
  threshold: 80,
  clearThreshold: 75,
  forSeconds: 0,
  severity: 'warning',
  enabled: true,
};
const full: Rule = {
  ...hot,
  id: 'full',
  metric: 'filesystem.*.usedPercent',
  threshold: 97,
  clearThreshold: 95,
  forSeconds: 60,
};

function player(rules: readonly Rule[]) {
  let state = newState(rules);
  let seq = 0;
  const play = (type: string, payload: object, t: number, publisher?: string): readonly Transition[] => {
    seq += 1;
    const event: LoggedEvent = {
      seq,
      t,
      host: 'atlas',
      type,
      json: JSON.stringify({ t, host: 'atlas', ...payload }),
      ...(publisher === undefined ? {} : { publisher }),
    };
    return evaluate(state, event);
  };
  return {
    play,
    tick: (t: number) => play('cpu', { totalPercent: 1, cores: [] }, t),
    sensors: (values: readonly number[], t: number) =>
      play(
        'sensor-data',
        { sensors: values.map((value, index) => ({ id: `s${index}`, kind: 'temperature', value })) },
        t,
      ),
    published: (ids: readonly string[], value: number, t: number) =>
      play('sensor-data', { sensors: ids.map((id) => ({ id, kind: 'temperature', value })) }, t, '192.0.2.7'),
    login: (from: string, t: number, origin?: 'published') =>
      play('user-login', { user: 'ada', terminal: null, from, ...(origin && { origin }) }, t),
    mounts: (mounts: readonly { mount: string; used: number; pool: string | null }[], t: number) =>
      play(
        'filesystem',
        {
          mounts: mounts.map(({ mount, used, pool }) => ({
            mount,
            usedBytes: used,
            availableBytes: 100 - used,
            readOnly: false,
            pool,
          })),
        },
        t,
      ),
    get state(): EvaluationState {
      return state;
    },
    restart(next: readonly Rule[] = rules) {
      state = restore(next, JSON.parse(JSON.stringify(snapshotOf(state))) as Snapshot);
    },
    change(next: readonly Rule[]) {
      const changed = withRules(state, next);
      state = changed.state;
      return changed.transitions;
    },
  };
}

const inState = (transitions: readonly Transition[], wanted: string) =>
  transitions.filter(({ state }) => state === wanted);
const at = (seconds: number) => startT + seconds * 1000;
const many = (count: number, value: number) => Array.from({ length: count }, () => value);

test('beyond the most announced alerts of a rule, further ones are one summary alert', () => {
  const { tick, sensors } = player([hot]);
  tick(at(0));
  const fired = inState(sensors(many(5_000, 90), at(0.1)), 'firing');
  expect(fired).toHaveLength(announcedMax + 1);
  const summary = fired.at(-1);
  expect(summary).toMatchObject({ metric: hot.metric, value: 4_950, more: { count: 4_950 } });
  expect(summary && messageOf(summary, [])).toMatch(
    /^4950 more that match sensor\.\*\.temperature break the rule: sensor\.s50/,
  );
  tick(at(1));
  expect(sensors(many(5_000, 91), at(1.1))).toEqual([]);
  // A slow end does not let thousands take the places one by one.
  const ended = sensors([...many(40, 20), ...many(4_960, 91)], at(2));
  expect(inState(ended, 'firing')).toEqual([]);
  expect(inState(ended, 'resolved')).toHaveLength(40);
  const over = sensors(many(5_000, 20), at(3));
  expect(inState(over, 'resolved')).toHaveLength(11);
  expect(over.at(-1)).toMatchObject({ alertId: summary?.alertId, state: 'resolved' });
});

test('once few are left, alerts are announced individually again', () => {
  const { tick, sensors } = player([hot]);
  tick(at(0));
  sensors(many(60, 90), at(0.1));
  const fewer = [...many(45, 20), ...many(15, 90)];
  expect(inState(sensors(fewer, at(1)), 'resolved')).toHaveLength(45);
  const released = sensors(fewer, at(2));
  expect(inState(released, 'firing')).toHaveLength(10);
  expect(inState(released, 'resolved')).toMatchObject([{ more: { count: 0 } }]);
});

test('pending alerts are in no summary', () => {
  const { tick, sensors } = player([{ ...hot, forSeconds: 30 }]);
  for (let second = 0; second < 30; second += 1) {
    tick(at(second));
    const transitions = sensors(many(200, 90), at(second + 0.1));
    expect(inState(transitions, 'firing')).toEqual([]);
  }
  tick(at(31));
  expect(inState(sensors(many(200, 90), at(31.1)), 'firing').at(-1)?.more?.count).toBe(150);
});

test('a summary survives a restart and is resolved with its rule', () => {
  const there = player([hot]);
  there.tick(at(0));
  const summary = there.sensors(many(300, 90), at(0.1)).at(-1);
  there.restart();
  there.tick(at(1));
  expect(there.sensors(many(300, 90), at(1.1))).toEqual([]);
  const ended = there.change([{ ...hot, threshold: 99, clearThreshold: 98 }]);
  expect(ended).toHaveLength(announcedMax + 1);
  expect(ended.map(({ reason }) => reason)).toEqual(ended.map(() => 'rule-changed'));
  expect(ended.map(({ alertId }) => alertId)).toContain(summary?.alertId);
  there.tick(at(2));
  expect(there.sensors(many(300, 90), at(2.1))).toEqual([]);
});

test('sensors that fall silent together are bounded as well', () => {
  const { tick, sensors } = player([
    { ...hot, comparison: 'absent', threshold: null, forSeconds: 20, metric: 'sensor.*' },
  ]);
  tick(at(0));
  sensors(many(500, 20), at(0.1));
  const transitions: Transition[] = [];
  for (let second = 1; second < 60; second += 1) transitions.push(...tick(at(second)));
  expect(inState(transitions, 'firing')).toHaveLength(announcedMax + 1);
  expect(transitions.at(-1)?.more?.count).toBe(450);
  const back = sensors(many(500, 20), at(60));
  expect(inState(back, 'resolved')).toHaveLength(announcedMax + 1);
  expect(inState(back, 'firing')).toEqual([]);
});

test('a full pool is one alert that names how many mounts it affects', () => {
  const { tick, mounts } = player([full]);
  const pool = (used: number) =>
    Array.from({ length: 33 }, (_, index) => ({ mount: `/tank/pc${index}`, used, pool: 'tank' }));
  const alone = { mount: '/', used: 99, pool: null };
  const transitions: Transition[] = [];
  for (let second = 0; second <= 90; second += 1) {
    transitions.push(...tick(at(second)));
    if (second % 30 === 0) transitions.push(...mounts([...pool(100), alone], at(second + 0.1)));
  }
  const fired = inState(transitions, 'firing');
  expect(fired.map(({ metric }) => metric).sort()).toEqual([
    'filesystem./.usedPercent',
    'filesystem./tank/pc0.usedPercent',
  ]);
  const ofPool = fired.find(({ shared }) => shared);
  expect(ofPool?.shared?.metrics).toHaveLength(33);
  expect(ofPool && messageOf(ofPool, [])).toContain(
    'one alert for 33 file systems that share the space of tank: /tank/pc0, /tank/pc1, /tank/pc2, /tank/pc3, /tank/pc4 and 28 more.',
  );
  tick(at(120));
  const over = mounts([...pool(50), alone], at(120.1));
  expect(inState(over, 'resolved').map(({ alertId }) => alertId)).toEqual([ofPool?.alertId]);
  expect(inState(over, 'firing')).toEqual([]);
});

test('when the announced mount of a pool is well, another full one is announced', () => {
  const there = player([{ ...full, forSeconds: 0 }]);
  const pool = (...used: readonly number[]) =>
    used.map((one, index) => ({ mount: `/tank/pc${index}`, used: one, pool: 'tank' }));
  there.tick(at(0));
  expect(inState(there.mounts(pool(99, 99, 20), at(0.1)), 'firing')).toMatchObject([
    { shared: { metrics: ['filesystem./tank/pc0.usedPercent', 'filesystem./tank/pc1.usedPercent'] } },
  ]);
  there.restart();
  there.tick(at(30));
  expect(there.mounts(pool(99, 99, 99), at(30.1))).toEqual([]);
  there.tick(at(60));
  const next = there.mounts(pool(20, 99, 99), at(60.1));
  expect(next.map(({ state, metric }) => [state, metric])).toEqual([
    ['resolved', 'filesystem./tank/pc0.usedPercent'],
    ['firing', 'filesystem./tank/pc1.usedPercent'],
  ]);
});

test('a rule on one mount alerts of that mount, whatever shares its pool', () => {
  const exact = { ...full, id: 'exact', metric: 'filesystem./tank/pc1.usedPercent', forSeconds: 0 };
  const { tick, mounts } = player([{ ...full, forSeconds: 0 }, exact]);
  tick(at(0));
  const pool = ['/tank/pc0', '/tank/pc1'].map((mount) => ({ mount, used: 99, pool: 'tank' }));
  expect(mounts(pool, at(0.1)).map(({ rule, metric }) => `${rule.id} ${metric}`)).toEqual([
    'full filesystem./tank/pc0.usedPercent',
    'exact filesystem./tank/pc1.usedPercent',
  ]);
});

test('alert instances are bounded, leave capacity for the host’s own metrics, and refusals are reported', () => {
  const rules = Array.from({ length: 400 }, (_, index) => ({ ...hot, id: `r${index}`, metric: 'sensor.*' }));
  const there = player([...rules, { ...hot, id: 'busy', metric: 'cpu.totalPercent', threshold: 0 }]);
  there.published(
    Array.from({ length: 15_000 }, (_, index) => `s${index}`),
    20,
    at(0),
  );
  const { budget, hosts } = there.state;
  const instances = () =>
    [...hosts.values()].flatMap(({ series }) => [...series.values()].flatMap((one) => one?.instances ?? []));
  expect(instances().length).toBeLessThanOrEqual(unitsMax);
  expect(instances().length).toBe(budget.units);
  expect(budget.refused.size).toBeGreaterThan(0);
  expect(there.tick(at(1))).toMatchObject([{ state: 'firing', metric: 'cpu.totalPercent' }]);
  expect(ruleRefusal(there.state, { ...hot, metric: 'sensor.*' })).toMatch(/takes 15000 alert instances/);
  expect(ruleRefusal(there.state, { ...hot, metric: 'cpu.totalPercent' })).toBeNull();
  expect(metricsWithoutCapacity(there.state, ['sensor.s1.temperature', 'sensor.new.temperature'])).toEqual([
    'sensor.new.temperature',
  ]);
  there.restart();
  expect(there.state.budget.units).toBeLessThanOrEqual(unitsMax);
});

test('a stored state beyond the bounds is loaded as far as it fits', () => {
  const series = Array.from({ length: 30_000 }, (_, index) => ({
    metric: `sensor.s${index}.temperature`,
    seenAt: 0,
    seenT: 0,
    usualMs: 0,
    hasValue: true,
    watches: [],
  }));
  const before = player([hot]);
  before.tick(at(0));
  const [host] = snapshotOf(before.state).hosts;
  if (!host) throw new Error('no host');
  const rules = Array.from({ length: 400 }, (_, index) => ({ ...hot, id: `r${index}` }));
  const state = restore(rules, { hosts: [{ ...host, series }] });
  expect(state.budget.units).toBeGreaterThan(0);
  expect(state.budget.units).toBeLessThanOrEqual(unitsMax);
});

test('a preview has no summaries', async () => {
  const events = [
    { seq: 1, t: at(0), host: 'atlas', type: 'cpu', json: '{}' },
    {
      seq: 2,
      t: at(1),
      host: 'atlas',
      type: 'sensor-data',
      json: JSON.stringify({
        sensors: many(80, 90).map((value, index) => ({ id: `s${index}`, kind: 'temperature', value })),
      }),
    },
  ];
  const firings = await preview(hot, events);
  expect(firings).toHaveLength(announcedMax);
  expect(firings.some(({ metric }) => metric.includes('*'))).toBe(false);
});

test('an alert that a more severe one of the same metric covers is not announced', () => {
  const nearly: Rule = {
    ...full,
    id: 'nearly',
    threshold: 90,
    clearThreshold: 88,
    severity: 'info',
    forSeconds: 90,
  };
  const filling: Rule = {
    ...nearly,
    id: 'filling',
    comparison: 'fullWithinHours',
    threshold: 4,
    clearThreshold: 8,
  };
  const { tick, mounts } = player([nearly, full, filling]);
  const pool = (used: number) => ['/a', '/b'].map((mount) => ({ mount, used, pool: 'tank' }));
  const run = (from: number, to: number, used: number) => {
    const transitions: Transition[] = [];
    for (let second = from; second < to; second += 1) {
      transitions.push(...tick(at(second)));
      if (second % 30 === 0) transitions.push(...mounts(pool(used), at(second + 0.1)));
    }
    return transitions
      .filter(({ state }) => state !== 'pending')
      .map(({ state, rule }) => `${rule.id} ${state}`);
  };
  expect(run(0, 300, 100)).toEqual(['full firing']);
  expect(run(300, 360, 92)).toEqual(['full resolved', 'nearly firing']);
  // It was announced as pending while nothing more severe fired, and has ended.
  expect(run(360, 400, 50)).toEqual(['nearly resolved', 'filling resolved']);
});

/** Names of published sensors. */
const ids = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);
const own = (id: string, value: number) => ({ sensors: [{ id, kind: 'temperature', value }] });

test('published sensors do not keep an alert of the host’s own sensor from being announced', () => {
  const { tick, play, published } = player([hot]);
  tick(at(0));
  const flood = inState(published(ids(60), 90, at(0.1)), 'firing');
  expect(flood).toHaveLength(announcedMax + 1);
  expect(flood.every(({ isPublished }) => isPublished)).toBe(true);
  const summary = flood.at(-1);
  expect(summary && messageOf(summary, [])).toBe(
    '10 more published metrics that match sensor.*.temperature break the rule: sensor.p50.temperature, sensor.p51.temperature, sensor.p52.temperature and 7 more. They have no alerts of their own, since 50 of this rule on published metrics are on.',
  );
  tick(at(1));
  expect(play('sensor-data', own('cpu', 90), at(1))).toMatchObject([
    { state: 'firing', metric: 'sensor.cpu.temperature', isPublished: false },
  ]);
});

test('the host’s own and published sensors have summaries of their own', () => {
  const { tick, sensors, published } = player([hot]);
  tick(at(0));
  const ofHost = inState(sensors(many(60, 90), at(0.1)), 'firing').at(-1);
  const ofPrograms = inState(published(ids(60), 90, at(0.2)), 'firing');
  expect(ofPrograms).toHaveLength(announcedMax + 1);
  expect(ofHost && messageOf(ofHost, [])).toMatch(/^10 more that match .* since 50 of this rule are on\.$/);
  expect(ofPrograms.at(-1)?.alertId).not.toBe(ofHost?.alertId);
  tick(at(1));
  const over = published(ids(60), 20, at(1.1));
  expect(inState(over, 'resolved').at(-1)).toMatchObject({ alertId: ofPrograms.at(-1)?.alertId });
  const ended = over.at(-1);
  expect(ended && messageOf(ended, [])).toMatch(/^No more published metrics that match/);
  expect(over.map(({ alertId }) => alertId)).not.toContain(ofHost?.alertId);
});

const newcomer: Rule = {
  ...hot,
  id: 'newcomer',
  metric: 'user-login.*.newAddress',
  threshold: 0,
};

test('published logins do not keep a real one from being announced', () => {
  const there = player([newcomer]);
  there.tick(at(0));
  const transitions: Transition[] = [];
  for (let index = 0; index < 60; index += 1)
    transitions.push(...there.login(`203.0.113.${index}`, at(0.1), 'published'));
  expect(inState(transitions, 'firing')).toHaveLength(announcedMax + 1);
  expect(inState(transitions, 'firing').at(-1)).toMatchObject({ isPublished: true, more: { count: 1 } });
  there.restart();
  there.tick(at(1));
  expect(there.login('198.51.100.9', at(1))).toMatchObject([
    { state: 'firing', metric: 'user-login.198.51.100.9.newAddress', isPublished: false },
  ]);
});

test('a restart knows which sensors are published and keeps both summaries', () => {
  const there = player([hot]);
  there.tick(at(0));
  const ofHost = inState(there.sensors(many(55, 90), at(0.1)), 'firing').at(-1)?.alertId;
  const ofPrograms = inState(there.published(ids(60), 90, at(0.2)), 'firing').at(-1)?.alertId;
  there.restart();
  there.tick(at(1));
  expect(there.sensors(many(55, 90), at(1))).toEqual([]);
  expect(there.published(ids(60), 90, at(1))).toEqual([]);
  there.tick(at(2));
  const cool = there.sensors(many(55, 20), at(2));
  expect(inState(cool, 'resolved').at(-1)?.alertId).toBe(ofHost);
  expect(cool.map(({ alertId }) => alertId)).not.toContain(ofPrograms);
  there.tick(at(3));
  expect(there.play('sensor-data', own('late', 90), at(3))).toMatchObject([{ state: 'firing' }]);
  // A change of the rule ends what is left, the summary with it.
  expect(there.change([]).map(({ alertId }) => alertId)).toContain(ofPrograms);
});

test('a stored state that does not distinguish published sensors is taken over', () => {
  const there = player([hot]);
  there.tick(at(0));
  const names = [...ids(announcedMax + 2), 'cpu'];
  const summary = inState(there.published(names, 90, at(0.1)), 'firing').at(-1);
  expect(summary?.more?.count).toBe(3);
  const { hosts } = snapshotOf(there.state);
  const old = JSON.parse(
    JSON.stringify({
      hosts: hosts.map(({ series, summaries, ...host }) => ({
        ...host,
        series: series.map(({ isPublished: _, ...one }) => one),
        summaries: summaries?.map(([ruleId, one]) => [ruleId, one]),
      })),
    }),
  ) as Snapshot;
  const state = restore([hot], old);
  let seq = 1_000;
  const next = (sensors: readonly object[], t: number, publisher?: string) => {
    seq += 1;
    const json = JSON.stringify({ sensors });
    return evaluate(state, {
      seq,
      t,
      host: 'atlas',
      type: 'sensor-data',
      json,
      ...(publisher && { publisher }),
    });
  };
  expect(next([{ id: 'cpu', kind: 'temperature', value: 90 }], at(1))).toMatchObject([
    { state: 'firing', metric: 'sensor.cpu.temperature', isPublished: false },
  ]);
  const cool = ids(announcedMax + 2).map((id) => ({ id, kind: 'temperature', value: 20 }));
  expect(next(cool, at(2), '192.0.2.7').at(-1)).toMatchObject({
    alertId: summary?.alertId,
    state: 'resolved',
    isPublished: true,
  });
});

test('published values do not count for a sensor of the host', () => {
  const there = player([hot]);
  there.tick(at(0));
  there.play('sensor-data', own('cpu', 90), at(0.1));
  there.tick(at(1));
  expect(there.published(['cpu'], 20, at(1))).toEqual([]);
  expect(there.published(['cpu'], 20, at(1))).toEqual([]);
  there.restart();
  there.tick(at(2));
  expect(there.published(['cpu'], 20, at(2))).toEqual([]);
  expect(there.play('sensor-data', own('cpu', 20), at(2))).toMatchObject([{ state: 'resolved' }]);
});

test('published metrics leave capacity for the host’s own', () => {
  const there = player([hot]);
  there.tick(at(0));
  there.published(ids(20_000), 20, at(0.1));
  expect(there.play('sensor-data', own('cpu', 90), at(0.2))).toMatchObject([
    { state: 'firing', metric: 'sensor.cpu.temperature' },
  ]);
});
