import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Alerts, openAlerts } from '@/lib/server/alerting/alerts';
import { openTurns } from '@/lib/server/concurrency/turns';
import { openWorkQueues, type WorkQueues } from '@/lib/server/concurrency/work-queue';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { cpu, startT } from '@/lib/testing/stored-events';
import { respond, respondList } from '../respond';
import {
  acknowledge,
  alertById,
  alertPage,
  createRule,
  createSilence,
  deleteRule,
  deleteSilence,
  previewRule,
  replaceRule,
  replaceSilence,
  ruleById,
  silenceById,
} from './alerts';

let dataDir: string;
let log: EventLog;
let runtime: { alerts: Alerts; work: WorkQueues; peerOf: () => string | null };

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  log = await openSqliteLog({ dataDir });
  runtime = {
    work: openWorkQueues(openTurns()),
    peerOf: () => null,
    alerts: await openAlerts({
      log,
      dataDir,
      publish: (...asked) => log.append(...asked),
      processes: () => [],
      clock: clockWith({ wallMs: () => startT }),
    }),
  };
});
afterAll(async () => {
  await runtime.alerts.stop();
  await log.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const rule = {
  name: 'Busy',
  metric: 'cpu.totalPercent',
  comparison: 'above',
  threshold: 90,
  clearThreshold: 80,
  forSeconds: 0,
  severity: 'warning',
};

const posted = (body: unknown) =>
  new Request('http://127.0.0.1/', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('a rule is created, read, replaced and deleted', async () => {
  const created = await createRule(runtime, posted({ ...rule, id: 'mine' }));
  if (!created.ok) throw new Error(created.problem.detail);
  const { id } = created.value;
  expect(id).not.toBe('mine');
  expect(ruleById(runtime, id)).toEqual({ ok: true, value: { ...rule, id, enabled: true } });
  expect(await replaceRule(runtime, id, posted({ ...rule, name: 'Other', enabled: false }))).toMatchObject({
    value: { id, name: 'Other', enabled: false },
  });
  expect(await replaceRule(runtime, id, posted({ ...rule, id: 'other' }))).toMatchObject({
    problem: { errors: [{ path: 'id' }] },
  });
  expect(respond(await deleteRule(runtime, id)).status).toBe(204);
  expect(respond(ruleById(runtime, id)).status).toBe(404);
  expect(respond(await replaceRule(runtime, id, posted(rule))).status).toBe(404);
  expect(respond(await deleteRule(runtime, id)).status).toBe(404);
});

test.each([
  [{ ...rule, name: '' }, 'name'],
  [{ ...rule, metric: 'a*b*c*d*e*f' }, 'metric'],
  [{ ...rule, comparison: 'is' }, 'comparison'],
  [{ ...rule, threshold: '90' }, 'threshold'],
  [{ ...rule, threshold: undefined }, 'threshold'],
  [{ ...rule, clearThreshold: 95 }, 'clearThreshold'],
  [{ ...rule, comparison: 'below', clearThreshold: 85 }, 'clearThreshold'],
  [{ ...rule, forSeconds: -1 }, 'forSeconds'],
  [{ ...rule, severity: 'bad' }, 'severity'],
  [{ ...rule, treshold: 1 }, ''],
  [{ ...rule, comparison: 'absent', clearThreshold: undefined }, 'forSeconds'],
  [{ ...rule, comparison: 'fullWithinHours', metric: 'memory.usedBytes', clearThreshold: 99 }, 'metric'],
  [{ ...rule, comparison: 'fullWithinHours', threshold: 0, clearThreshold: 99 }, 'threshold'],
  ['{', ''],
  ['null', ''],
])('%j is refused, and the field is named', async (body, path) => {
  const answer = await createRule(runtime, posted(body));
  expect(answer.ok ? [] : answer.problem.errors?.map((error) => error.path)).toContain(path);
  expect(respond(answer).status).toBe(400);
});

test('a temperature may be held against the limit of its sensor', async () => {
  const { clearThreshold: _, ...rest } = rule;
  const own = { ...rest, metric: 'sensor.*.temperature', threshold: null };
  const answer = await createRule(runtime, posted(own));
  expect(answer).toMatchObject({ ok: true, value: { threshold: null } });
  if (answer.ok) await deleteRule(runtime, answer.value.id);
});

test('alerts are listed by state, read, and acknowledged', async () => {
  await runtime.alerts.putRule({
    ...rule,
    id: 'busy',
    comparison: 'above',
    severity: 'warning',
    enabled: true,
  });
  await log.append([cpu({ seq: 0, t: startT }, 93)]);
  await runtime.alerts.settled();
  const firing = alertPage(runtime, new URLSearchParams('state=firing'));
  const [alert] = firing.ok ? firing.value.items : [];
  expect(alert).toMatchObject({ ruleId: 'busy', value: 93, acknowledgedAt: null, silencedUntil: null });
  expect(alertPage(runtime, new URLSearchParams('state=resolved'))).toEqual({
    ok: true,
    value: { items: [], total: 0 },
  });
  expect(respond(alertPage(runtime, new URLSearchParams('state=broken'))).status).toBe(400);
  expect(acknowledge(runtime, alert?.alertId ?? '')).toMatchObject({ value: { acknowledgedAt: startT } });
  expect(alertById(runtime, alert?.alertId ?? '')).toMatchObject({ value: { acknowledgedAt: startT } });
  expect(respond(acknowledge(runtime, 'nobody')).status).toBe(404);
  await expect(respond(firing).json()).resolves.toMatchObject({ items: [{ alertId: alert?.alertId }] });
});

test('a preview takes the rule beside its span or within the same object', async () => {
  const span = { from: startT - 1000, to: startT + 1000 };
  const nested = await previewRule(runtime, posted({ rule, ...span }));
  expect(nested).toMatchObject({ ok: true, value: [{ from: startT, peak: 93 }] });
  expect(await previewRule(runtime, posted({ ...rule, ...span }))).toEqual(nested);
  await expect(respondList(nested, 'firings').json()).resolves.toMatchObject({ firings: [{ peak: 93 }] });
  const wrong = await previewRule(
    runtime,
    posted({ rule: { ...rule, severity: 1 }, from: startT, to: startT }),
  );
  expect(wrong).toMatchObject({ problem: { errors: [{ path: 'rule.severity' }] } });
  const empty = await previewRule(runtime, posted({ rule, from: startT, to: startT }));
  expect(empty).toMatchObject({ problem: { errors: [{ path: 'to' }] } });
  const seconds = { from: startT / 1000 - 60, to: startT / 1000 };
  expect(await previewRule(runtime, posted({ rule, ...seconds }))).toMatchObject({
    problem: {
      detail: expect.stringContaining('are these seconds?'),
      errors: [{ path: 'from' }, { path: 'to' }],
    },
  });
});

test('a silence is created, replaced and deleted', async () => {
  const created = await createSilence(
    runtime,
    posted({ matcher: {}, cron: '0 3 * * *', durationSeconds: 60 }),
  );
  if (!created.ok) throw new Error(created.problem.detail);
  const { id } = created.value;
  expect(silenceById(runtime, id)).toMatchObject({ value: { cron: '0 3 * * *', comment: '' } });
  expect(
    await replaceSilence(runtime, id, posted({ matcher: {}, from: startT, to: startT + 2 })),
  ).toMatchObject({
    value: { id, to: startT + 2 },
  });
  expect(respond(deleteSilence(runtime, id)).status).toBe(204);
  expect(respond(silenceById(runtime, id)).status).toBe(404);
  expect(respond(await createSilence(runtime, posted({ matcher: {} }))).status).toBe(400);
});

test('no body whatsoever is an error of the server', async () => {
  const fields = fc.record(
    {
      name: fc.anything(),
      metric: fc.oneof(fc.string(), fc.constant('cpu.*')),
      comparison: fc.constantFrom('above', 'absent', 'risesFasterThan', 'fullWithinHours', 'x'),
      threshold: fc.anything(),
      forSeconds: fc.oneof(fc.integer(), fc.anything()),
      severity: fc.constantFrom('info', 'x'),
      matcher: fc.anything(),
      cron: fc.oneof(fc.string(), fc.constantFrom('* * * * *', '99 * * * *', '@yearly', '0 0 31 2 *')),
      durationSeconds: fc.anything(),
      from: fc.anything(),
      to: fc.anything(),
      rule: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fields.map((value) => JSON.stringify(value) ?? ''),
  );
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      for (const answer of [
        await createRule(runtime, posted(text)),
        await createSilence(runtime, posted(text)),
        await previewRule(runtime, posted(text)),
      ])
        expect(respond(answer).status).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
  expect(respond(await createRule(runtime, posted('x'.repeat(70_000)))).status).toBe(413);
});

test('a flood of hot sensors is few alerts, in the list and in a page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  const own = await openSqliteLog({ dataDir: folder });
  const alerts = await openAlerts({
    log: own,
    dataDir: folder,
    publish: (...asked) => own.append(...asked),
    processes: () => [],
  });
  const there = { alerts };
  for (let index = 0; index < 20; index += 1) {
    const created = await createRule(
      there,
      posted({ ...rule, metric: 'sensor.*.temperature', threshold: 80 + (index % 10) }),
    );
    expect(created.ok).toBe(true);
  }
  const sensors = Array.from({ length: 3_000 }, (_, index) => ({
    id: `s${index}`,
    kind: 'temperature',
    value: 99,
  }));
  const t = Date.now();
  await own.append([
    { type: 'sensor-data', host: 'atlas', t, json: JSON.stringify({ t, host: 'atlas', sensors }) },
  ]);
  await alerts.settled();
  const total = 20 * 51;
  expect(alerts.count(['firing'])).toBe(total);
  const page = alerts.active(50);
  expect([page.items.length, page.total]).toEqual([50, total]);
  expect(JSON.stringify(page).length).toBeLessThan(64 * 1024);
  const asked = (query: string) => {
    const answer = alertPage(there, new URLSearchParams(query));
    return answer.ok ? [answer.value.items.length, answer.value.total] : answer.problem.errors;
  };
  expect(asked('')).toEqual([500, total]);
  expect(asked('state=firing&limit=1000')).toEqual([1000, total]);
  expect(asked('state=firing&offset=1000')).toEqual([20, total]);
  for (const limit of ['0', '1001', '-1', '1.5', 'x', ''])
    expect(asked(`limit=${limit}`)).toMatchObject([{ path: 'limit' }]);
  expect(asked('offset=-1')).toMatchObject([{ path: 'offset' }]);
  await alerts.stop();
  await own.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a rule for which there is no room is refused with the reason', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  const own = await openSqliteLog({ dataDir: folder });
  const alerts = await openAlerts({
    log: own,
    dataDir: folder,
    publish: (...asked) => own.append(...asked),
    processes: () => [],
  });
  const t = Date.now();
  const sensors = Array.from({ length: 19_000 }, (_, index) => ({
    id: `s${index}`,
    kind: 'custom',
    value: 1,
  }));
  await own.append([
    { type: 'sensor-data', host: 'atlas', t, json: JSON.stringify({ t, host: 'atlas', sensors }) },
  ]);
  await alerts.settled();
  const refused = [];
  for (let index = 0; index < 6; index += 1) {
    const created = await createRule({ alerts }, posted({ ...rule, metric: 'sensor.*' }));
    if (!created.ok) refused.push(created.problem.errors?.[0]);
  }
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatchObject({
    path: 'metric',
    message: expect.stringMatching(/19000 alert instances/),
  });
  const isExact = await createRule({ alerts }, posted(rule));
  expect(isExact.ok).toBe(true);
  await alerts.stop();
  await own.close();
  rmSync(folder, { recursive: true, force: true });
});
