import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ok, type Result } from '@/lib/protocol/result';
import { openRequestRate } from '@/lib/server/auth/request-rate';
import type { EventLog, NewEvent, RequestKey } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { openSensorRegistry } from '@/lib/server/ingest/sensor-registry';
import { type PublishedIds, publishEvents, publishSensor } from './publish';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-publish-'));
  folders.push(folder);
  return folder;
}

async function openPublisher(dataDir: string, perSecond = 1000) {
  const log: EventLog = await openSqliteLog({ dataDir });
  return {
    log,
    accept: (events: readonly NewEvent[], key?: RequestKey) => log.append(events, 'durable', key),
    sensors: await openSensorRegistry({ dataDir, heldBack: () => 'not wanted here' }),
    hostName: 'atlas',
    publishers: openRequestRate({ perSecond }),
    peerOf: () => '192.0.2.1',
    underWay: new Map(),
    latest: new Map<string, NewEvent>(),
  };
}

function request(body: unknown, key?: string, path = '/api/events'): Request {
  return new Request(`http://localhost:3000${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: key === undefined ? {} : { 'Idempotency-Key': key },
  });
}

function repeated(answer: Result<PublishedIds>): Result<PublishedIds> {
  return answer.ok ? ok({ ...answer.value, isRepeat: true }) : answer;
}

const message = (text: string) => ({ type: 'message', data: { text } });

test('a request that is sent again with its key puts nothing into the log and gets the same ids', async () => {
  const dataDir = newDataDir();
  const first = await openPublisher(dataDir);
  const body = [message('one'), message('two')];
  const answer = await publishEvents(first, request(body, 'k-1'));
  expect(answer).toMatchObject({ ok: true, value: { isRepeat: false } });
  const again = await publishEvents(first, request(body, '"k-1"'));
  expect(again).toEqual(repeated(answer));
  expect(first.log.headSeq).toBe(2);
  await first.log.close();

  const later = await openPublisher(dataDir);
  const head = later.log.headSeq;
  expect(await publishEvents(later, request(body, 'k-1'))).toEqual(repeated(answer));
  expect(later.log.headSeq).toBe(head);
  expect(await publishEvents(later, request(body, 'k-2'))).toMatchObject({ value: { isRepeat: false } });
  await later.log.close();
});

test('requests with one key at the same time are one', async () => {
  const publisher = await openPublisher(newDataDir());
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => publishEvents(publisher, request(message('once'), 'k'))),
  );
  expect(new Set(answers.map((answer) => answer.ok && answer.value.ids.join())).size).toBe(1);
  expect(answers.filter((answer) => answer.ok && !answer.value.isRepeat)).toHaveLength(1);
  expect(publisher.log.headSeq).toBe(1);
  await publisher.log.close();
});

test('a key with another body, or for another sensor, is refused, at the same time too', async () => {
  const publisher = await openPublisher(newDataDir());
  const [one, other] = await Promise.all([
    publishEvents(publisher, request(message('one'), 'k')),
    publishEvents(publisher, request(message('other'), 'k')),
  ]);
  expect([one.ok, other.ok]).toEqual([true, false]);
  expect(await publishEvents(publisher, request(message('other'), 'k'))).toMatchObject({
    problem: { code: 'key-reused' },
  });
  await publishSensor(publisher, request('1', 's', '/api/sensors/a'), 'a');
  expect(await publishSensor(publisher, request('1', 's', '/api/sensors/b'), 'b')).toMatchObject({
    problem: { code: 'key-reused' },
  });
  expect(publisher.log.headSeq).toBe(2);
  await publisher.log.close();
});

test.each(['', 'two words', 'é', 'x'.repeat(256)])('a key that is none: %j', async (key) => {
  const publisher = await openPublisher(newDataDir());
  const answer = await publishEvents(publisher, request(message('one'), key));
  expect(answer).toMatchObject({ problem: { code: 'bad-body', errors: [{ path: 'Idempotency-Key' }] } });
  expect(publisher.log.headSeq).toBe(0);
  await publisher.log.close();
});

test('a request that is refused spends no key', async () => {
  const publisher = await openPublisher(newDataDir());
  expect(await publishEvents(publisher, request('{', 'k'))).toMatchObject({ ok: false });
  expect(await publishEvents(publisher, request(message('one'), 'k'))).toMatchObject({
    value: { isRepeat: false },
  });
  await publisher.log.close();
});

test('where nothing can be kept, nothing is taken, with a key or without', async () => {
  const publisher = await openPublisher('/dev/null/nowhere');
  for (const key of ['k', undefined])
    expect(await publishEvents(publisher, request(message('one'), key))).toMatchObject({
      problem: { code: 'log-unavailable' },
    });
  await publisher.log.close();
});

const ofType = (type: string) => ({ type, data: {} });

test('event types: one address uses up its own room and no other’s', async () => {
  const publisher = await openPublisher(newDataDir());
  for (let from = 0; from < 200; from += 100) {
    const types = Array.from({ length: 100 }, (_, index) => ofType(`kind-${from + index}`));
    expect((await publishEvents(publisher, request(types))).ok).toBe(true);
  }
  expect(await publishEvents(publisher, request(ofType('one-more')))).toMatchObject({
    problem: { code: 'bad-body', detail: expect.stringContaining('200 of one address') },
  });
  expect((await publishEvents(publisher, request(ofType('kind-7')))).ok).toBe(true);
  const other = { ...publisher, peerOf: () => '192.0.2.2' };
  expect((await publishEvents(other, request(ofType('one-more')))).ok).toBe(true);
  await publisher.log.close();
});

test('a publisher beyond its rate gets a Retry-After, before its body is read', async () => {
  const publisher = await openPublisher(newDataDir(), 1);
  const answers = [];
  for (let index = 0; index < 4; index += 1)
    answers.push(await publishSensor(publisher, request('1', undefined, '/api/sensors/a'), 'a'));
  expect(answers.map(({ ok }) => ok)).toEqual([true, true, false, false]);
  expect(answers[3]).toMatchObject({ problem: { code: 'too-many-requests', retryAfterSeconds: 1 } });
  await publisher.log.close();
});

test('new sensors that there is no room for are refused, and nothing of the request is taken', async () => {
  const publisher = await openPublisher(newDataDir());
  const alerts = {
    withoutCapacity: (metrics: readonly string[]) => metrics.filter((one) => one.includes('.new.')),
  };
  const sensors = (...ids: readonly string[]) => ({
    type: 'sensor-data',
    data: { sensors: ids.map((id) => ({ id, value: 1 })) },
  });
  const refused = await publishEvents(
    { ...publisher, alerts },
    request([sensors('old', 'new'), sensors('new')]),
  );
  expect(refused).toMatchObject({
    ok: false,
    problem: { code: 'bad-body', detail: expect.stringContaining('1 new sensors, from sensor.new.value on') },
  });
  expect(publisher.log.headSeq).toBe(0);
  expect(await publishEvents({ ...publisher, alerts }, request(sensors('old')))).toMatchObject({ ok: true });
  await publisher.log.close();
});

test('a value for a sensor that the host has is refused, with its place, and nothing is logged', async () => {
  const publisher = await openPublisher(newDataDir());
  const own = { id: 'cpu', label: 'cpu', kind: 'temperature', value: 90, unit: '°C' };
  const json = JSON.stringify({ t: 1, host: 'atlas', sensors: [own] });
  publisher.latest.set('sensor-data', { type: 'sensor-data', host: 'atlas', t: 1, json });
  const sensors = (...ids: readonly string[]) => ({
    type: 'sensor-data',
    data: { sensors: ids.map((id) => ({ id, kind: 'temperature', value: 20 })) },
  });
  const pathsOf = async (body: unknown) => {
    const answer = await publishEvents(publisher, request(body));
    return answer.ok ? [] : [answer.problem.code, ...(answer.problem.errors ?? []).map(({ path }) => path)];
  };
  expect(await pathsOf(sensors('attic', 'cpu'))).toEqual(['sensor-taken', 'data.sensors.1.id']);
  expect(await pathsOf([sensors('cpu')])).toEqual(['sensor-taken', '0.data.sensors.0.id']);
  expect(await pathsOf([message('one'), sensors('attic'), sensors('a', 'cpu')])).toEqual([
    'sensor-taken',
    '2.data.sensors.1.id',
  ]);
  for (const body of ['20', '{"temperature":20}', '{"humidity":20}', 'nan']) {
    expect(await publishSensor(publisher, request(body, undefined, '/api/sensors/cpu'), 'cpu')).toMatchObject(
      {
        ok: false,
        problem: {
          code: 'sensor-taken',
          detail: expect.stringContaining('take another'),
          errors: [{ path: 'id' }],
        },
      },
    );
  }
  expect(publisher.log.headSeq).toBe(0);
  const answer = await publishEvents(publisher, request(sensors('cpu2', 'attic'), 'k'));
  expect(answer.ok).toBe(true);
  // The host has it only now: what was taken stays taken.
  publisher.latest.set('sensor-data', {
    type: 'sensor-data',
    host: 'atlas',
    t: 2,
    json: JSON.stringify({ sensors: [{ ...own, id: 'cpu2' }] }),
  });
  expect(await publishEvents(publisher, request(sensors('cpu2', 'attic'), 'k'))).toEqual(repeated(answer));
  await publisher.log.close();
});
