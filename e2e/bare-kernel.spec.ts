import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

/** A procfs as kernels of virtual servers have it: neither disks nor interfaces nor pressure; its processes are hidden. */
function bareKernel() {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-bare-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write(
    'proc/stat',
    'cpu  1000 0 500 90000 0 0 0 0 0 0\ncpu0 1000 0 500 90000 0 0 0 0 0 0\nbtime 1795300000\n',
  );
  write('proc/meminfo', 'MemTotal: 8000000 kB\nMemFree: 1000000 kB\nMemAvailable: 6000000 kB\n');
  write('proc/sys/kernel/hostname', 'bare\n');
  write(
    'proc/4242/stat',
    '4242 (node) S 1 1 1 0 -1 4194560 10 0 0 0 5 5 0 0 20 0 11 0 1 1000000 300 18446744073709551615 0 0\n',
  );
  write('proc/net/dev', 'Inter-|\n face |\n  eth0: 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0\n');
  return { folder, write };
}

interface Told {
  readonly status: string;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Health once so many rounds have been told. */
async function healthAfter(server: RunningServer, rounds: number): Promise<Told> {
  const feed = await fetch(`${server.url}/api/events?types=memory`);
  const reader = feed.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (text.split('event: memory').length <= rounds) text += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  return (await (await fetch(`${server.url}/api/health`)).json()) as Told;
}

test('what a kernel does not have is no fault, what is hidden is noted, and what goes is a fault', async () => {
  const { folder, write } = bareKernel();
  const server = await startServer({
    HOSTBEAT_PROC: join(folder, 'proc'),
    HOSTBEAT_SYS: join(folder, 'sys'),
    HOSTBEAT_ROOTFS: join(folder, 'rootfs'),
    HOSTBEAT_INTERVAL_MS: '200',
  });
  try {
    expect(await healthAfter(server, 6)).toMatchObject({
      status: 'ok',
      problems: [],
      notes: [expect.stringMatching(/^network is not told.*hidepid/), expect.stringMatching(/^file systems/)],
    });
    const page = await (await fetch(server.url)).text();
    expect(page).not.toContain('eth0');

    write('proc/diskstats', '   8       0 sda 100 0 2000 50 100 0 2000 50 0 100 100\n');
    expect((await healthAfter(server, 6)).problems).toEqual([]);
    rmSync(join(folder, 'proc/diskstats'));
    await expect
      .poll(async () => (await healthAfter(server, 6)).problems)
      .toEqual([expect.stringMatching(/^disk cannot be read: .*ENOENT/)]);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});
