import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Process, Rule } from '@/lib/protocol/alerting';
import type { SystemAlert } from '@/lib/protocol/payloads';
import type { EventLog, LoggedEvent, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { cpu, memory, startT } from '@/lib/testing/stored-events';
import { type Alerts, openAlerts } from './alerts';
import { defaultRules } from './default-rules';
import { evaluate } from './evaluate';
import { newState } from './evaluation-state';

let dataDir: string;
let log: EventLog;
let opened: Alerts[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  log = await openSqliteLog({ dataDir });
  opened = [];
});
afterEach(async () => {
  for (const alerts of opened) await alerts.stop();
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const busy: Rule = {
  id: 'busy',
  name: 'Busy',
  metric: 'cpu.totalPercent',
  comparison: 'above',
  threshold: 90,
  clearThreshold: 80,
  forSeconds: 2,
  severity: 'warning',
  enabled: true,
};

function process(pid: number, cpuPercent: number): Process {
  const rates = { readBytesPerSecond: 0, writeBytesPerSecond: 0 };
  return { pid, name: `p${pid}`, user: 'ada', cpuPercent, memoryBytes: 1, ...rates, command: 'p --secret' };
}

type Options = Partial<Parameters<typeof openAlerts>[0]>;

async function open(options: Options = {}): Promise<Alerts> {
  const alerts = await openAlerts({
    log,
    dataDir,
    publish: (events, durability) => log.append(events, durability),
    processes: () => [],
    clock: clockWith({ wallMs: () => startT }),
    ...options,
  });
  opened.push(alerts);
  return alerts;
}

async function close(alerts: Alerts): Promise<void> {
  opened = opened.filter((one) => one !== alerts);
  await alerts.stop();
}

let second = 0;
beforeEach(() => {
  second = 0;
});

/** A cpu sample a second, each evaluated before the next. */
async function feed(alerts: Alerts, values: readonly number[]): Promise<void> {
  for (const value of values) {
    await log.append([cpu({ seq: 0, t: startT + second * 1000 }, value)]);
    second += 1;
    await alerts.settled();
  }
}

async function loggedAlerts(): Promise<SystemAlert[]> {
  const events = await log.readDurable(0, log.headSeq, 10_000);
  return events.filter(({ type }) => type === 'system-alert').map(({ json }) => JSON.parse(json));
}

const states = async () => (await loggedAlerts()).map(({ state }) => state);

test('a new database has the default rules, and stored events fire nothing', async () => {
  await log.append(Array.from({ length: 5 }, (_, index) => cpu({ seq: 0, t: startT + index * 1000 }, 99)));
  const alerts = await open();
  await alerts.settled();
  expect(alerts.rules).toEqual(defaultRules);
  expect(alerts.problem).toBeNull();
  expect(await loggedAlerts()).toEqual([]);
});

test('the log has an alert with its top consumers, frozen and without command lines', async () => {
  let load = [1, 50, 20, 0, 30, 40, 10].map((cpuPercent, pid) => process(pid + 1, cpuPercent));
  const alerts = await open({ processes: () => load });
  await alerts.putRule(busy);
  await feed(alerts, [50, 95, 96]);
  load = [process(99, 100)];
  await feed(alerts, [97]);
  load = [];
  await feed(alerts, [85, 70]);
  const events = await loggedAlerts();
  expect(events.map(({ state, value, culprits }) => [state, value, culprits.map(({ pid }) => pid)])).toEqual([
    ['pending', 95, [2, 6, 5, 3, 7]],
    ['firing', 97, [99]],
    ['resolved', 70, [99]],
  ]);
  expect(new Set(events.flatMap(({ culprits }) => culprits.map(({ command }) => command)))).toEqual(
    new Set([null]),
  );
  expect(events[1]).toMatchObject({
    kind: 'rule',
    ruleId: 'busy',
    name: 'Busy',
    severity: 'warning',
    metric: 'cpu.totalPercent',
    threshold: 90,
    since: startT + 1000,
    t: startT + 3000,
    host: 'atlas',
    condition: { comparison: 'above', forSeconds: 2, reason: 'value', flapping: false },
    message:
      'cpu.totalPercent is 97 %, above 90 %, for 2 s. Foremost: p99 (99). Look at the processes with the most CPU time.',
  });
  expect(alerts.list(['resolved'])).toMatchObject([{ alertId: events[0]?.alertId, state: 'resolved' }]);
});

test.each([
  ['fails', () => Promise.reject(new Error('no'))],
  ['hangs', () => new Promise<never>(() => {})],
])('an alert is announced when listing processes %s', async (_name, processes) => {
  const alerts = await open({ processes });
  await alerts.putRule({ ...busy, forSeconds: 0 });
  await feed(alerts, [95]);
  expect(await states()).toEqual(['firing']);
});

test('a firing alert survives a restart, and fires once', async () => {
  const first = await open();
  await first.putRule(busy);
  await feed(first, [95, 95, 95, 95]);
  await close(first);
  const second = await open();
  expect(second.list(['firing'])).toMatchObject([{ ruleId: 'busy', value: 95 }]);
  await feed(second, [95, 96]);
  expect(second.list(['firing'])).toMatchObject([{ value: 96 }]);
  await feed(second, [50]);
  expect(await states()).toEqual(['pending', 'firing', 'resolved']);
});

test('events logged while Hostbeat was stopped are evaluated afterwards', async () => {
  const first = await open();
  await first.putRule(busy);
  await feed(first, [50]);
  await close(first);
  await log.append(
    Array.from({ length: 6 }, (_, index) => cpu({ seq: 0, t: startT + 1000 + index * 1000 }, 95)),
  );
  const second = await open();
  await second.settled();
  expect(await states()).toEqual(['pending', 'firing']);
});

/** An evaluation that ends as by kill -9: before its transitions are in the log, or before it knows that they are. */
async function openMortal(folder = dataDir) {
  let isDead = false;
  let dieAt: 'before' | 'after' | null = null;
  const never = new Promise<never>(() => {});
  let onDeath = () => {};
  const died = new Promise<void>((resolve) => {
    onDeath = resolve;
  });
  const die = () => {
    onDeath();
    return never;
  };
  async function publish(
    events: readonly NewEvent[],
    durability: 'batched' | 'durable' | 'durable-if-possible',
  ) {
    if (isDead || dieAt === 'before') return die();
    const logged = await log.append(events, durability);
    return dieAt === 'after' ? die() : logged;
  }
  const alerts = await openAlerts({
    log,
    dataDir: folder,
    publish,
    processes: () => [],
    clock: clockWith({ wallMs: () => startT }),
  });
  return {
    alerts,
    /** Resolves when it has come to the place where it dies. */
    died,
    dieAt(place: 'before' | 'after') {
      dieAt = place;
    },
    kill() {
      isDead = true;
      dieAt = 'before';
    },
  };
}

test.each(['before', 'after'] as const)(
  'a kill -9 just %s the append neither loses nor repeats a transition',
  async (place) => {
    const mortal = await openMortal();
    await mortal.alerts.putRule(busy);
    await feed(mortal.alerts, [95, 95]);
    mortal.dieAt(place);
    await log.append([cpu({ seq: 0, t: startT + 2000 }, 95)]);
    second = 3;
    await mortal.died;
    const alerts = await open();
    await alerts.settled();
    expect(await states()).toEqual(['pending', 'firing']);
    expect(alerts.list(['firing'])).toHaveLength(1);
    await feed(alerts, [95, 50]);
    expect(await states()).toEqual(['pending', 'firing', 'resolved']);
  },
);

test('restarts and crashes at any points leave the same transitions', async () => {
  const samples = fc.array(fc.constantFrom(95, 95, 95, 85, 50), { minLength: 5, maxLength: 25 });
  const ends = fc.dictionary(
    fc.nat({ max: 24 }).map(String),
    fc.constantFrom('stop', 'kill', 'before', 'after'),
    {
      maxKeys: 6,
    },
  );
  await fc.assert(
    fc.asyncProperty(samples, ends, async (values, at) => {
      const firstSeq = log.headSeq;
      // Those that were killed still hold their files: what they see happen to them is not to be another run's.
      const folder = mkdtempSync(join(dataDir, 'run-'));
      const base = startT + log.headSeq * 100_000;
      let mortal = await openMortal(folder);
      await mortal.alerts.putRule(busy);
      for (const [index, value] of values.entries()) {
        const end = at[index];
        if (end === 'stop') await mortal.alerts.stop();
        if (end === 'kill') mortal.kill();
        if (end === 'before' || end === 'after') mortal.dieAt(end);
        await log.append([cpu({ seq: 0, t: base + index * 1000 }, value)]);
        if (end === 'before' || end === 'after') {
          await Promise.race([mortal.died, mortal.alerts.settled()]);
          mortal.kill();
        }
        if (end) mortal = await openMortal(folder);
        await mortal.alerts.settled();
      }
      const samplesInLog = (await log.read(firstSeq, 10_000)).filter(({ type }) => type === 'cpu');
      const state = newState([busy]);
      const expected = samplesInLog.flatMap((event) =>
        evaluate(state, event).map((one) => `${one.alertId} ${one.state}`),
      );
      const found = (await loggedAlerts())
        .filter(({ t, ruleId }) => t >= base && ruleId === 'busy')
        .map((one) => `${one.alertId} ${one.state}`);
      expect(found).toEqual(expected);
      await mortal.alerts.stop();
    }),
    { numRuns: 15 },
  );
});

test('changing the condition of a rule ends its alerts, and renaming it does not', async () => {
  const alerts = await open();
  await alerts.putRule(busy);
  await feed(alerts, [95, 95, 95]);
  await alerts.putRule({ ...busy, name: 'Very busy', severity: 'critical' });
  expect(await states()).toEqual(['pending', 'firing']);
  await alerts.putRule({ ...busy, threshold: 94 });
  expect((await loggedAlerts()).at(-1)).toMatchObject({
    state: 'resolved',
    message: expect.stringContaining('changed'),
    condition: { reason: 'rule-changed' },
  });
  await feed(alerts, [95, 95, 95]);
  expect((await states()).slice(-2)).toEqual(['pending', 'firing']);
  await alerts.deleteRule('busy');
  expect((await states()).at(-1)).toBe('resolved');
  await close(alerts);
  const again = await open();
  await feed(again, [95, 95, 95, 95]);
  expect(again.rules.map(({ id }) => id)).toEqual(defaultRules.map(({ id }) => id));
  expect(again.list(['pending', 'firing'])).toEqual([]);
});

test('an acknowledgement survives transitions and restarts', async () => {
  const first = await open();
  await first.putRule(busy);
  await feed(first, [95]);
  const [alert] = first.list(['pending']);
  expect(first.acknowledge(alert?.alertId ?? '')).toMatchObject({ acknowledgedAt: startT });
  expect(first.acknowledge('nobody')).toBeNull();
  await feed(first, [95, 95]);
  await close(first);
  const second = await open();
  expect(second.list(['firing'])).toMatchObject([{ acknowledgedAt: startT }]);
});

test('a silenced alert is evaluated, listed and marked', async () => {
  const alerts = await open();
  await alerts.putRule({ ...busy, forSeconds: 0 });
  const silence = { id: 's', matcher: { metric: 'cpu.*' }, comment: 'work', from: startT, to: startT + 9 };
  expect(alerts.putSilence(silence)).toBe('saved');
  await feed(alerts, [95]);
  expect(alerts.list(['firing'])).toMatchObject([{ silencedUntil: startT + 9 }]);
  await close(alerts);
  const again = await open();
  expect(again.silences).toEqual([silence]);
  expect(again.deleteSilence('s')).toBe('saved');
  expect(again.list(['firing'])).toMatchObject([{ silencedUntil: null }]);
});

test('a corrupt database is set aside, reported and replaced by a new one', async () => {
  const reported: string[] = [];
  writeFileSync(
    join(dataDir, 'alerts.db'),
    'no database at all, and long enough to be seen as none'.repeat(99),
  );
  const alerts = await open({ onSetAside: (path, reason) => reported.push(path, reason) });
  expect(reported[0]).toContain('alerts.db.corrupt-');
  expect(readdirSync(dataDir).filter((name) => name.startsWith('alerts.db.corrupt-'))).toHaveLength(1);
  expect(alerts.problem).toBeNull();
  expect(await alerts.putRule(busy)).toBe('saved');
});

test('without a database the default rules are evaluated, and changes are refused', async () => {
  mkdirSync(join(dataDir, 'alerts.db'));
  const alerts = await open();
  expect(alerts.problem).toContain('alerts.db');
  expect(await alerts.putRule(busy)).toBe('not-kept');
  expect(alerts.rules).toEqual(defaultRules);
  rmSync(join(dataDir, 'alerts.db'), { recursive: true });
  expect(await alerts.putRule(busy)).toBe('saved');
  expect(alerts.problem).toBeNull();
  await close(alerts);
  expect((await open()).rules).toHaveLength(defaultRules.length + 1);
});

test('a database that can be opened only later is adopted, not overwritten', async () => {
  const first = await open();
  for (const { id } of defaultRules) await first.deleteRule(id);
  await first.putRule(busy);
  await close(first);
  const path = join(dataDir, 'alerts.db');
  renameSync(path, `${path}.away`);
  mkdirSync(path);
  const late = await open();
  expect(late.problem).toContain('alerts.db');
  expect(late.rules).toEqual(defaultRules);
  rmdirSync(path);
  renameSync(`${path}.away`, path);
  expect(await late.putRule({ ...busy, id: 'other' })).toBe('saved');
  expect(late.rules.map(({ id }) => id)).toEqual(['busy', 'other']);
  await close(late);
  expect((await open()).rules.map(({ id }) => id)).toEqual(['busy', 'other']);
});

test('a database that is deleted is written again from memory', async () => {
  const alerts = await open();
  await alerts.putRule({ ...busy, forSeconds: 0 });
  await feed(alerts, [95]);
  for (const part of ['', '-wal', '-shm']) rmSync(join(dataDir, `alerts.db${part}`), { force: true });
  await feed(alerts, [50]);
  await close(alerts);
  const again = await open();
  expect(again.rules.at(-1)?.id).toBe('busy');
  expect(again.list(['resolved'])).toHaveLength(1);
});

test('a preview evaluates the events of the log', async () => {
  const alerts = await open();
  const values = [50, 95, 95, 95, 97, 50, 50, 95, 95, 95, 95];
  await log.append(values.map((value, index) => cpu({ seq: 0, t: startT + index * 1000 }, value)));
  await log.append([memory({ seq: 0, t: startT + 11_000 }, 50)]);
  const at = (seconds: number) => startT + seconds * 1000;
  expect(await alerts.preview(busy, startT, at(100))).toEqual([
    { host: 'atlas', metric: 'cpu.totalPercent', from: at(3), to: at(5), peak: 97 },
    { host: 'atlas', metric: 'cpu.totalPercent', from: at(9), to: at(11), peak: 95 },
  ]);
  expect(await alerts.preview(busy, at(5), at(8))).toEqual([]);
  // Whoever asked has left: no more than the event that was at hand is evaluated.
  let pauses = 0;
  const leaves = async () => {
    pauses += 1;
    if (pauses === 3) throw new Error('left');
  };
  await expect(alerts.preview(busy, startT, at(100), leaves)).rejects.toThrow('left');
  expect(pauses).toBe(3);
  expect(await loggedAlerts()).toEqual([]);
});

test('a failed append is retried with the next event', async () => {
  let isBroken = true;
  async function publish(
    events: readonly NewEvent[],
    durability: 'durable-if-possible' | 'batched' | 'durable',
  ) {
    if (isBroken) throw new Error('the log is closed');
    return log.append(events, durability) as Promise<readonly LoggedEvent[]>;
  }
  const alerts = await open({ publish });
  await alerts.putRule({ ...busy, forSeconds: 0 });
  await feed(alerts, [95]);
  expect(alerts.problem).toContain('the log is closed');
  isBroken = false;
  await feed(alerts, [95]);
  expect(await states()).toEqual(['firing']);
  expect(alerts.problem).toBeNull();
});

test('after a restart, and in a preview, the log shows which sensors are published', async () => {
  const hot: Rule = { ...busy, id: 'hot', metric: 'sensor.*.temperature', forSeconds: 0 };
  const sensors = (count: number, publisher?: string): NewEvent => {
    const t = startT + second * 1000;
    const names = Array.from(
      { length: count },
      (_, index) => `${publisher === undefined ? 'own' : 'p'}${index}`,
    );
    const json = JSON.stringify({ t, sensors: names.map((id) => ({ id, kind: 'temperature', value: 95 })) });
    return { type: 'sensor-data', host: 'atlas', t, json, ...(publisher !== undefined && { publisher }) };
  };
  const first = await open();
  await first.putRule(hot);
  await feed(first, [1]);
  await close(first);
  await log.append([sensors(60, '192.0.2.7'), sensors(1)]);
  await log.close();
  log = await openSqliteLog({ dataDir });
  const again = await open();
  await again.settled();
  const firing = await loggedAlerts();
  expect(firing).toHaveLength(52);
  expect(firing.filter(({ condition }) => condition?.origin === 'published')).toHaveLength(51);
  expect(firing.find(({ metric }) => metric === 'sensor.own0.temperature')?.state).toBe('firing');
  // A page has room for some: the host's own is among them, whatever else fires.
  expect(again.active(3)).toMatchObject({ total: 52 });
  expect(again.active(3).items.map(({ metric }) => metric)).toContain('sensor.own0.temperature');
  const firings = await again.preview(hot, startT - 1000, startT + 60_000);
  expect(firings.map(({ metric }) => metric)).toContain('sensor.own0.temperature');
});
