import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handedTo, type Transport, transports, writeDown } from './live-page';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

/** What nobody but who sees the processes may read. */
const secret = 'remember-31415';
const cpuAlone = ['hello', 'heartbeat', 'gap', 'cpu'];

/** The machine's own `/proc` with one process in it, which was started with a word that is none of anybody's business. */
function plantedProc(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-proc-'));
  for (const name of readdirSync('/proc'))
    if (!/^\d+$/.test(name) && !['self', 'thread-self'].includes(name))
      symlinkSync(join('/proc', name), join(folder, name));
  for (const pid of ['1', '4242']) {
    mkdirSync(join(folder, pid));
    // Read, not copied: a file of the kernel's says that it is empty.
    for (const name of ['stat', 'statm', 'status', 'cgroup', 'mountinfo', 'mounts'])
      writeFileSync(
        join(folder, pid, name),
        readFileSync(join('/proc/self', name), 'utf8').replace(/^\d+ \(/, `${pid} (`),
      );
    writeFileSync(join(folder, pid, 'cmdline'), `/usr/bin/backup\0--to\0${secret}\0`);
  }
  symlinkSync('1', join(folder, 'self'));
  return folder;
}

let proc: string;
let host: RunningServer;
test.beforeAll(async () => {
  proc = plantedProc();
  host = await startServer({ HOSTBEAT_PROC: proc, HOSTBEAT_INTERVAL_MS: '500' });
});
test.afterAll(async () => {
  await host.stop();
  rmSync(proc, { recursive: true });
});

const textOf = async (path: string) => (await fetch(host.url + path)).text();

/** Processes are looked at only while somebody wants them; returns the way to no longer want them. */
async function wantProcesses(): Promise<() => void> {
  const stop = new AbortController();
  const answer = await fetch(`${host.url}/api/events?types=processes`, { signal: stop.signal });
  const reader = answer.body?.getReader();
  let text = '';
  while (!text.includes(secret)) {
    const piece = await reader?.read();
    if (!piece || piece.done) throw new Error('there are no processes');
    text += Buffer.from(piece.value).toString();
  }
  return () => stop.abort();
}

test('the HTML of a page has the samples that it shows, and no others', async () => {
  const stop = await wantProcesses();
  // Else the rest would prove nothing.
  expect(await textOf('/')).toContain(secret);
  expect(await textOf('/embed/processes')).toContain(secret);
  for (const path of [
    ...[
      'cpu',
      'memory',
      'pressure',
      'network',
      'disk',
      'filesystem',
      'sensors',
      'containers',
      'alerts',
      'log',
    ].map((panel) => `/embed/${panel}`),
    '/embed/cpu?range=1h',
    '/embed/sensor:any',
    '/?panels=cpu,memory',
    '/alerts',
    '/alerts/rules',
    '/alerts/silences',
    '/events',
    '/notifications',
    '/stream',
  ]) {
    const html = await textOf(path);
    expect(html, path).toContain('<html');
    expect(html, path).not.toContain(secret);
  }
  const [, latest = ''] =
    /\\"latest\\":(\{.*?\}),\\"sensors\\":\[\],\\"firing\\":\[\]/.exec(await textOf('/embed/cpu')) ?? [];
  expect(Object.keys(JSON.parse(latest.replaceAll('\\"', '"')))).toEqual(['cpu']);
  stop();
});

for (const transport of transports) {
  test(`an embedded panel is handed its own events alone (${transport}), whatever else is open`, async ({
    context,
  }) => {
    await writeDown(context);
    const asked: string[] = [];
    context.on('request', (request) => {
      if (request.url().includes('/api/events')) asked.push(request.url());
    });
    const alone = await context.newPage();
    const path = (page: string, by: Transport) =>
      `${host.url}${page}${by === 'direct' ? '?transport=direct' : ''}`;
    await alone.goto(path('/embed/cpu', transport));
    const typesOf = async (of: typeof alone) => new Set((await handedTo(of)).map(({ type }) => type));
    await expect.poll(() => typesOf(alone)).toContain('cpu');
    // Alone it asks the server for no more.
    for (const url of asked) expect(new URL(url).searchParams.get('types')).toBe('cpu');

    const dashboard = await context.newPage();
    await dashboard.goto(path('/', transport));
    await expect.poll(() => typesOf(dashboard)).toContain('processes');
    const before = (await handedTo(alone)).length;
    await expect.poll(async () => (await handedTo(alone)).length).toBeGreaterThan(before + 3);
    expect([...(await typesOf(alone))].filter((type) => !cpuAlone.includes(type))).toEqual([]);
    await dashboard.close();
    await alone.close();
  });
}
