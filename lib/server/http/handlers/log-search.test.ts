import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEvent } from '@/lib/protocol/log-event';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { logWith } from '@/lib/testing/feed';
import { parseLogRequest } from './log';
import { searchLog } from './log-search';

const startT = 1_795_386_000_000;
let dataDir = '';
let log: EventLog;

const event = (type: string, index: number, rest: object): NewEvent => {
  const t = startT + index * 1000;
  return { type, host: 'atlas', t, json: JSON.stringify({ t, host: 'atlas', ...rest }) };
};
const severities = ['info', 'warning', 'critical'];

/** A flood of samples, a few things that last in it, and then thousands of those at once. */
const sparse = Array.from({ length: 50_000 }, (_, index) =>
  index % 5_000 === 0 ? event('message', index, { text: `Early ${index}` }) : event('cpu', index, {}),
);
const dense = Array.from({ length: 3_000 }, (_, index) =>
  index % 2 === 0
    ? event('message', 50_000 + index, { text: `Number ${index}` })
    : event('system-alert', 50_000 + index, {
        alertId: `a${index % 10}`,
        severity: severities[index % 3],
      }),
);

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-search-'));
  log = await openSqliteLog({ dataDir, waitForOwnerMs: 0 });
  for (let from = 0; from < sparse.length; from += 1_000) await log.append(sparse.slice(from, from + 1_000));
  await log.append(dense);
});
afterAll(async () => {
  await log.close();
  rmSync(dataDir, { recursive: true });
});

async function ask(query: Readonly<Record<string, string>>) {
  const asked = parseLogRequest(log, new URLSearchParams(query));
  if (!asked.ok) throw new Error(asked.problem.detail);
  return searchLog(log, asked.value, async () => {});
}

/** Page by page to the end. */
async function askAll(query: Readonly<Record<string, string>>): Promise<LogEvent[]> {
  const all: LogEvent[] = [];
  for (let before: string | null = ''; before !== null; ) {
    const page = await ask(before === '' ? query : { ...query, before });
    all.push(...page.items);
    before = page.before;
  }
  return all;
}

const lasting = [...sparse, ...dense].filter(({ type }) => type !== 'cpu').reverse();

test('page after page gives all that lasts, the newest first, each once', async () => {
  for (const limit of ['7', '100', '500']) {
    const found = await askAll({ limit });
    expect(found.map(({ data }) => JSON.stringify(data))).toEqual(lasting.map(({ json }) => json));
  }
});

test('a page is as long as requested, and has the position to go on from', async () => {
  const page = await ask({ limit: '3' });
  expect(page.items.map(({ t }) => (t - startT) / 1000)).toEqual([52_999, 52_998, 52_997]);
  expect(page.before).toBe(page.items[2]?.id);
  expect(page.head).toBe(page.items[0]?.id);
});

test.each([
  [{ types: 'system-alert', severities: 'critical' }, 'critical'],
  [{ alertId: 'a3' }, '"a3"'],
  [{ text: 'eARLY 1' }, 'Early 1'],
  [{ from: String(startT + 10_000_000), to: String(startT + 20_000_000) }, 'Early 1'],
])('%j finds what matches and nothing else', async (query, part) => {
  const found = await askAll(query);
  expect(found.length).toBeGreaterThan(1);
  for (const { data } of found) expect(JSON.stringify(data)).toContain(part);
  const expected = lasting.filter(({ json, t }) =>
    'from' in query ? t >= Number(query.from) && t < Number(query.to) : json.includes(part),
  );
  expect(found).toHaveLength(expected.length);
});

test('what came after a position is had from there', async () => {
  const { items } = await ask({ limit: '5' });
  const after = await ask({ after: items[3]?.id ?? '', limit: '500' });
  expect(after.items).toEqual(items.slice(0, 3));
  expect(after.before).toBeNull();
});

/** A log that notes how much of it is read at once, and pauses that are counted. */
function counted(of: EventLog) {
  const reads: number[] = [];
  const pauses = { count: 0 };
  const counting = logWith(of, {
    async readDurableBefore(...asked) {
      const events = await of.readDurableBefore(...asked);
      reads.push(events.reduce((sum, { json }) => sum + json.length, 0));
      return events;
    },
  });
  const pause = async () => {
    pauses.count += 1;
  };
  return { counting, reads, pauses, pause };
}

test('a search for what is not there rests before each small piece of the log', async () => {
  const { counting, reads, pauses, pause } = counted(log);
  const asked = parseLogRequest(log, new URLSearchParams({ text: 'needle' }));
  if (!asked.ok) throw new Error(asked.problem.detail);
  expect(await searchLog(counting, asked.value, pause)).toMatchObject({ items: [], before: null });
  expect(pauses.count).toBe(reads.length);
  expect(reads.length).toBeGreaterThan(lasting.length / 100);
});

test('large events are read a few at a time, and an answer has a size', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-search-'));
  const large = await openSqliteLog({ dataDir: folder, waitForOwnerMs: 0 });
  const text = 'x'.repeat(60_000);
  for (let index = 0; index < 100; index += 1) await large.append([event('message', index, { text })]);
  const { counting, reads, pause } = counted(large);
  const found: LogEvent[] = [];
  let pages = 0;
  for (let before: string | null = ''; before !== null; pages += 1) {
    const query = new URLSearchParams({ limit: '500', ...(before === '' ? {} : { before }) });
    const asked = parseLogRequest(large, query);
    if (!asked.ok) throw new Error(asked.problem.detail);
    const page = await searchLog(counting, asked.value, pause);
    expect(JSON.stringify(page).length).toBeLessThan(1_200_000);
    found.push(...page.items);
    before = page.before;
  }
  expect(found.map(({ t }) => t)).toEqual(Array.from({ length: 100 }, (_, i) => startT + (99 - i) * 1000));
  expect(pages).toBeGreaterThan(4);
  expect(Math.max(...reads)).toBeLessThan(1_200_000);
  await large.close();
  rmSync(folder, { recursive: true });
});

test('a position of another log is as good as none', async () => {
  expect((await ask({ after: 'other-5', limit: '2' })).items).toHaveLength(2);
});

test.each([
  [{ severities: 'loud' }, 'severities'],
  [{ limit: '0' }, 'limit'],
  [{ limit: '501' }, 'limit'],
  [{ from: 'yesterday' }, 'from'],
])('%j is refused with the name of the parameter', (query, path) => {
  const asked = parseLogRequest(log, new URLSearchParams(query));
  expect(asked).toMatchObject({ ok: false, problem: { code: 'bad-query', errors: [{ path }] } });
});

test('a search ends after a fault at the start, when positions go on far above those that were used', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-search-'));
  const [path, away] = [join(folder, 'log.db'), join(folder, 'away.db')];
  const before = await openSqliteLog({ dataDir: folder });
  await before.append([event('message', 0, { text: 'before' })], 'durable');
  await before.close();
  renameSync(path, away);
  mkdirSync(path);
  const there = await openSqliteLog({ dataDir: folder, retryMs: 10 });
  const search = {
    types: null,
    severities: null,
    text: null,
    alertId: null,
    from: null,
    to: null,
    after: null,
    before: null,
    limit: 10,
  };
  let turns = 0;
  const texts = async () => {
    turns = 0;
    const { items, before: more } = await searchLog(there, search, async () => {
      turns += 1;
    });
    expect(more).toBeNull();
    return items.map(({ data }) => data.text);
  };
  await there.append([event('message', 1, { text: 'meanwhile' })], 'durable-if-possible');
  expect(there.headSeq).toBeGreaterThan(1e15);
  expect(await texts()).toEqual(['meanwhile']);
  expect(turns).toBeLessThan(100);
  rmdirSync(path);
  renameSync(away, path);
  await expect.poll(() => there.problem, { timeout: 60_000 }).toBeNull();
  expect(await texts()).toEqual(['meanwhile', 'before']);
  expect(turns).toBeLessThan(100);
  await there.close();
  rmSync(folder, { recursive: true });
});
