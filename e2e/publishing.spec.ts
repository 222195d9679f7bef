import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { logOf } from './log-reader';
import { type Answer, post } from './post';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

const idsOf = ({ text }: Answer) => (JSON.parse(text) as { ids: string[] }).ids;

async function metricsOf({ url }: RunningServer) {
  const answer = await fetch(`${url}/api/metrics`);
  const { items } = (await answer.json()) as {
    items: { name: string; unit: string; label?: string; last: { value: number } | null }[];
  };
  return items;
}

test('one line makes a sensor: on the page, in history, with the name and unit that it once gave', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/?lang=en`);
  const sensors = page.getByRole('region', { name: 'Sensors', exact: true });
  const asForm = { 'Content-Type': 'application/x-www-form-urlencoded' };
  expect(
    (await post(server, '/api/sensors/fridge?kind=temperature&label=Fridge&high=8', '4.5', asForm)).status,
  ).toBe(201);
  await expect(sensors).toContainText('Fridge');
  await expect(sensors).toContainText('4.5\u202f°C');
  // From now on the number is enough.
  expect((await post(server, '/api/sensors/fridge', '5.25\n')).status).toBe(201);
  await expect(sensors).toContainText('5.3\u202f°C');
  const measures = '{"temperature":23.5,"humidity":61,"co2":{"value":412,"unit":"ppm"}}';
  expect((await post(server, '/api/sensors/greenhouse', measures)).status).toBe(201);
  await expect(sensors).toContainText('412\u202fppm');
  await expect(async () => {
    const metrics = await metricsOf(server);
    const one = (name: string) => metrics.find((metric) => metric.name === name);
    expect(one('sensor.fridge.temperature')).toMatchObject({
      unit: '°C',
      label: 'Fridge',
      last: { value: 5.25 },
    });
    expect(one('sensor.greenhouse.humidity')).toMatchObject({ unit: '%', last: { value: 61 } });
    expect(one('sensor.greenhouse.co2.value')).toMatchObject({ unit: 'ppm', last: { value: 412 } });
  }).toPass();
  await page.goto(`${server.url}/embed/sensor:greenhouse?lang=en`);
  await expect(page.locator('main')).toContainText('412\u202fppm');
});

test('a sensor keeps its name and shows its last value after a restart', async ({ page }) => {
  const first = await startServer({ HOSTBEAT_SYS: '/nowhere' });
  await post(first, '/api/sensors/attic?label=Under%20the%20roof&unit=lx', '80');
  await first.stop('SIGKILL');
  const again = await startServer({ HOSTBEAT_SYS: '/nowhere', HOSTBEAT_DATA_DIR: first.dataDir });
  await page.goto(`${again.url}/?lang=en`);
  const sensors = page.getByRole('region', { name: 'Sensors', exact: true });
  await expect(sensors).toContainText('Under the roof');
  await post(again, '/api/sensors/attic', '81');
  await expect(sensors).toContainText('81.0\u202flx');
  await page.close();
  await again.stop();
});

test('a sensor that goes silent fires a rule, and ends it when it speaks again', async () => {
  const server = await startServer({ HOSTBEAT_INTERVAL_MS: '200' });
  const rule = {
    name: 'The attic is silent',
    metric: 'sensor.attic.value',
    comparison: 'absent',
    forSeconds: 1,
    severity: 'warning',
  };
  await post(server, '/api/sensors/attic', '1');
  expect((await post(server, '/api/alerts/rules', JSON.stringify(rule))).status).toBe(201);
  const states = async () => {
    const answer = await fetch(`${server.url}/api/alerts`);
    const { items } = (await answer.json()) as {
      items: { metric: string; state: string; message: string }[];
    };
    return items.filter(({ metric }) => metric === rule.metric);
  };
  await expect
    .poll(states)
    .toMatchObject([{ state: 'firing', message: expect.stringContaining('has had no value') }]);
  await post(server, '/api/sensors/attic', '2');
  await expect
    .poll(states)
    .toMatchObject([{ state: 'resolved', message: expect.stringContaining('is back') }]);
  await server.stop();
});

test('a key that comes again gets the same answer, over a restart too, and nothing new is published', async () => {
  let server = await startServer();
  const key = { 'Idempotency-Key': `"${randomUUID()}"` };
  const body = JSON.stringify([1, 2, 3].map((n) => ({ type: 'deploy', data: { n } })));
  const first = await post(server, '/api/events', body, key);
  expect([first.status, idsOf(first).length]).toEqual([201, 3]);
  const atOnce = await Promise.all([1, 2, 3, 4].map(() => post(server, '/api/events', body, key)));
  await server.stop('SIGKILL');
  server = await startServer({ HOSTBEAT_DATA_DIR: server.dataDir });
  const later = await post(server, '/api/events', body, key);
  for (const again of [...atOnce, later]) expect([again.status, again.text]).toEqual([201, first.text]);
  const next = await post(server, '/api/events', '{"type":"deploy","data":{"n":4}}');
  // Ids go on behind the reserved block, and the type's events are the first three and this one.
  const log = await logOf(server, 'deploy', idsOf(next)[0] ?? '');
  expect(log.map(({ data }) => data.n)).toEqual([1, 2, 3, 4]);
  await server.stop();
});

test('a key that comes with something else is a 422; a header that is no key is a 400', async ({
  server,
}) => {
  const key = { 'Idempotency-Key': randomUUID() };
  expect((await post(server, '/api/sensors/a', '1', key)).status).toBe(201);
  for (const [path, body] of [
    ['/api/sensors/a', '2'],
    ['/api/sensors/b', '1'],
    ['/api/sensors/a?unit=K', '1'],
  ] as const) {
    const refused = await post(server, path, body, key);
    expect([refused.status, JSON.parse(refused.text).type]).toEqual([422, '/problems/key-reused']);
  }
  // What was refused has not used the key up.
  const other = { 'Idempotency-Key': randomUUID() };
  expect((await post(server, '/api/sensors/a', 'warm', other)).status).toBe(400);
  expect((await post(server, '/api/sensors/a', '3', other)).status).toBe(201);
  const bad = await post(server, '/api/sensors/a', '1', { 'Idempotency-Key': 'a b' });
  expect([bad.status, JSON.parse(bad.text).errors[0].path]).toEqual([400, 'Idempotency-Key']);
});

test('too often is a 429 with a Retry-After, after which it is accepted', async () => {
  const server = await startServer({ HOSTBEAT_MAX_PUBLISH_PER_SECOND: '2' });
  // All at once: one after the other they might be as slow as they may come.
  const answers: Answer[] = await Promise.all(
    Array.from({ length: 50 }, () => post(server, '/api/sensors/a', '1')),
  );
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(4);
  const refused = answers.find(({ status }) => status === 429);
  expect(JSON.parse(refused?.text ?? '')).toMatchObject({ type: '/problems/too-many-requests', status: 429 });
  expect(answers[0]?.headers).toMatchObject({ 'ratelimit-policy': '"address";q=4;w=2' });
  expect(refused?.headers.ratelimit).toMatch(/^"address";r=[01];t=[12]$/);
  const seconds = Number(refused?.headers['retry-after']);
  expect(seconds).toBe(1);
  await delay(seconds * 1000);
  expect((await post(server, '/api/sensors/a', '1')).status).toBe(201);
  await server.stop();
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json(),
  fc.jsonValue().map((data) => JSON.stringify({ type: 'note', data })),
  fc
    .jsonValue()
    .map((value) => JSON.stringify({ type: 'sensor-data', data: { sensors: [{ id: 'a', value }] } })),
  fc.dictionary(fc.string(), fc.jsonValue()).map((body) => JSON.stringify({ temperature: 1, ...body })),
  fc.webQueryParameters(),
  fc
    .integer({ min: 1, max: 20_000 })
    .map((depth) => `{"type":"note","data":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`),
  fc.constantFrom(
    '',
    '\0',
    'null',
    '[]',
    '{}',
    '"',
    '1e999',
    '{"t":9e99,"temperature":1}',
    '{"__proto__":{"value":1}}',
  ),
);
/** What a body is, so that a failure can be read. */
const anyBody = fc.oneof(
  { weight: 4, arbitrary: anyText },
  fc.uint8Array({ maxLength: 300 }),
  fc.integer({ min: 65_000, max: 66_000 }).map((length) => ({ length })),
);
const bytesOf = (body: string | Uint8Array | { readonly length: number }) => {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.alloc(body.length, '7');
};
const anyPath = fc.oneof(
  fc.constant('/api/events'),
  fc.constant('/api/sensors/a'),
  fc
    .string({ unit: 'binary', maxLength: 70 })
    .map((id) => `/api/sensors/${encodeURIComponent(id.toWellFormed())}`),
  fc.constantFrom(
    '/api/sensors/%',
    '/api/sensors/%E0%A4%A',
    '/api/sensors/%00',
    '/api/sensors/..%2f',
    '/api/sensors//',
  ),
  fc.webQueryParameters().map((query) => `/api/sensors/a?${query}`),
);
const visible = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
});
const anyHeaders = fc.record(
  {
    'Idempotency-Key': visible,
    'Content-Type': visible,
    'Content-Encoding': fc.constantFrom('gzip', 'br', 'x'),
  },
  { requiredKeys: [] },
);

test('no body, path or header whatever gets a 5xx, and each refusal has a reason', async ({ server }) => {
  await fc.assert(
    fc.asyncProperty(anyPath, anyBody, anyHeaders, async (path, body, headers) => {
      const { status, text, headers: answered } = await post(server, path, bytesOf(body), headers);
      expect(status, text).toBeGreaterThanOrEqual(200);
      expect(status, text).toBeLessThan(500);
      if (status >= 400 && path.startsWith('/api/events')) {
        expect(answered['content-type']).toBe('application/problem+json; charset=utf-8');
        expect(JSON.parse(text)).toMatchObject({ status, detail: expect.any(String) });
      }
    }),
    { numRuns: 400 },
  );
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
});
