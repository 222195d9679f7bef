import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { randomFrom } from './random';
import { type RunningServer, startServer } from './server';
import { startWideHost } from './wide-host';

interface Gap {
  readonly from: number;
  readonly to: number;
  readonly cause: string;
}

async function gapsOf({ url }: RunningServer, from: number): Promise<Gap[]> {
  const answer = await fetch(`${url}/api/history/gaps?from=${from}`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { items: Gap[] }).items;
}

/** Until samples come, so that nothing is missing any more. */
const measures = (server: RunningServer) =>
  expect
    .poll(async () => {
      const health = await (await fetch(`${server.url}/api/health`)).json();
      return (health as { sampler: { sampleAgeMs: number | null } }).sampler.sampleAgeMs;
    })
    .not.toBeNull();

test('real stops, kills, a halt and another boot: each gap has its cause', async () => {
  const host = startWideHost(2, randomFrom(5));
  const boots = (id: number) =>
    writeFileSync(
      join(host.procPath, 'sys/kernel/random/boot_id'),
      `00000000-0000-4000-8000-00000000000${id}\n`,
    );
  mkdirSync(join(host.procPath, 'sys/kernel/random'));
  boots(1);
  const from = Date.now() - 60_000;
  let server = await startServer({ HOSTBEAT_PROC: host.procPath, HOSTBEAT_INTERVAL_MS: '500' });
  const again = () =>
    startServer({
      HOSTBEAT_PROC: host.procPath,
      HOSTBEAT_INTERVAL_MS: '500',
      HOSTBEAT_DATA_DIR: server.dataDir,
    });
  // A busy machine may stall the server at any time; that it was made to is looked for by its time.
  const causes = async () =>
    (await gapsOf(server, from)).map(({ cause }) => cause).filter((cause) => cause !== 'server-stalled');
  await measures(server);
  expect(await causes()).toEqual(['not-kept']);

  await server.stop('SIGTERM');
  server = await again();
  await measures(server);
  await expect.poll(causes).toEqual(['not-kept', 'server-stopped']);

  await server.stop('SIGKILL');
  server = await again();
  await measures(server);
  await expect.poll(causes).toEqual(['not-kept', 'server-stopped', 'server-crashed']);

  const haltedAt = Date.now();
  process.kill(server.pid, 'SIGSTOP');
  await delay(4_000);
  process.kill(server.pid, 'SIGCONT');
  const goesOnAt = Date.now();
  const halts = async () =>
    (await gapsOf(server, from)).filter(
      (gap) => gap.cause === 'server-stalled' && gap.from <= haltedAt && gap.to >= goesOnAt - 1_000,
    );
  await expect.poll(async () => (await halts()).length).toBe(1);

  await server.stop('SIGKILL');
  boots(2);
  server = await again();
  await measures(server);
  await expect.poll(causes).toEqual(['not-kept', 'server-stopped', 'server-crashed', 'host-off']);
  const gaps = await gapsOf(server, from);
  for (const [index, gap] of gaps.entries()) {
    expect(gap.to).toBeGreaterThan(gap.from);
    expect(gap.from).toBeGreaterThanOrEqual(gaps[index - 1]?.to ?? 0);
  }

  for (const [query, name] of [
    ['from=5', 'from'],
    ['from=yesterday', 'from'],
    [`from=${from}&to=${from - 1}`, 'from'],
    [`from=${Date.now() + 3_600_000}`, 'from'],
    ['to=-1', 'to'],
    ['host=nobody', 'host'],
  ] as const) {
    const refused = await fetch(`${server.url}/api/history/gaps?${query}`);
    expect(refused.status, query).toBe(400);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect((await refused.json()).errors[0].path).toBe(name);
  }
  expect((await fetch(`${server.url}/api/history/gaps`, { method: 'POST' })).status).toBe(405);
  await server.stop();
  host.close();
});
