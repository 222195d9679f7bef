import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startServer } from './server';
import { listen, type Received } from './sse-client';

interface Alert {
  readonly ruleId: string | null;
  readonly state: string;
  readonly message: string;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly t: number;
  readonly since: number;
  readonly culprits: readonly {
    readonly pid: number;
    readonly name: string;
    readonly cpuPercent: number | null;
  }[];
}

const name = 'cpu-burner';

/** A process that does nothing but that. */
async function startBurner(): Promise<ChildProcess> {
  const burner = spawn(
    process.execPath,
    ['-e', `process.title = '${name}'; process.stdout.write('.', () => { for (;;) ; });`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((resolve) => burner.stdout?.once('data', resolve));
  return burner;
}

/**
 * This machine's `/proc` with `burner` as its one process beside the first, and the time of niced processes as its time:
 * whatever else runs on the machine neither makes the rule fire nor takes more CPU.
 */
function procOf(burner: () => ChildProcess | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-proc-'));
  for (const entry of readdirSync('/proc')) {
    if (entry !== 'stat' && !/^([2-9]|1\d)\d*$/.test(entry))
      symlinkSync(join('/proc', entry), join(folder, entry));
  }
  let niceTicks = 1_000;
  let burnt = 0;
  function write(): void {
    const pid = burner()?.pid;
    if (pid !== undefined) {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        // Fields 14 and 15 of proc_pid_stat(5): its own time in user and kernel mode.
        const ticks = Number(fields[11]) + Number(fields[12]);
        niceTicks += ticks - burnt;
        burnt = ticks;
        symlinkSync(`/proc/${pid}`, join(folder, String(pid)));
      } catch {
        // It is linked already, or gone.
      }
    }
    const all = readFileSync('/proc/stat', 'utf8').replace(/^(cpu +\d+) \d+/m, `$1 ${niceTicks}`);
    writeFileSync(join(folder, 'stat.new'), all);
    renameSync(join(folder, 'stat.new'), join(folder, 'stat'));
  }
  write();
  const timer = setInterval(write, 50);
  return {
    folder,
    remove() {
      clearInterval(timer);
      rmSync(folder, { recursive: true });
    },
  };
}

async function post(url: string, path: string, body: object): Promise<{ id: string }> {
  const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return (await answer.json()) as { id: string };
}

/** A condition over what a feed says, or the time is up. */
function openWatch(port: number, query: string) {
  const received: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const stream = listen({
    port,
    query,
    onEvent({ id, data }: Received) {
      if (id === null) return;
      received.push(JSON.parse(data));
      for (const look of waiting) look();
    },
  });
  return {
    close: stream.close,
    received: <T>() => received as readonly T[],
    until: <T>(isIt: (payload: T) => boolean) =>
      new Promise<T>((resolve) => {
        const look = () => {
          const found = (received as readonly T[]).find(isIt);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

test('a process that takes the CPU makes a rule pend and fire with its name; without it the alert ends', async () => {
  test.skip(process.platform !== 'linux', 'niced time is measured on Linux only');
  const burners: ChildProcess[] = [];
  const proc = procOf(() => burners[0]);
  const server = await startServer({ HOSTBEAT_INTERVAL_MS: '500', HOSTBEAT_PROC: proc.folder });
  const cpu = openWatch(server.port, 'types=cpu&window=60');
  const alerts = openWatch(server.port, 'types=system-alert');
  try {
    const { nicePercent } = await cpu.until<{ nicePercent: number | null }>(() => true);
    // In a container with limits of its own the modes are not told apart: there all of the CPU must do.
    const metric = nicePercent === null ? 'cpu.totalPercent' : 'cpu.nicePercent';
    // A hundredth of one core: what one of many still gets on a machine that has much to do.
    const threshold = nicePercent === null ? 60 : 1 / cpus().length;
    const rule = {
      name: 'Burning',
      metric,
      comparison: 'above',
      threshold,
      forSeconds: 2,
      severity: 'warning',
    };
    const { id } = await post(server.url, '/api/alerts/rules', rule);
    const isOurs = (state: string) => (alert: Alert) => alert.ruleId === id && alert.state === state;

    burners.push(await startBurner());
    const [first] = burners;
    const pending = await alerts.until<Alert>(isOurs('pending'));
    const firing = await alerts.until<Alert>(isOurs('firing'));
    first?.kill('SIGKILL');
    const resolved = await alerts.until<Alert>(isOurs('resolved'));

    expect(firing.t - pending.t).toBeGreaterThanOrEqual(2_000);
    expect(firing.value).toBeGreaterThan(threshold);
    const culprit = firing.culprits.find(({ pid }) => pid === first?.pid);
    expect(culprit?.name).toBe(name);
    expect(culprit?.cpuPercent).toBeGreaterThan(1);
    const heaviest = firing.culprits.map(({ cpuPercent }) => cpuPercent ?? 0);
    expect(heaviest).toEqual([...heaviest].sort((one, other) => other - one));
    expect(firing.message).toContain(`Foremost: ${firing.culprits[0]?.name} (${firing.culprits[0]?.pid})`);
    expect(resolved.t).toBeGreaterThan(firing.t);
    expect(resolved.message).toContain('is well again');
    const states = alerts.received<Alert>().filter(({ ruleId }) => ruleId === id);
    expect(states.map(({ state }) => state)).toEqual(['pending', 'firing', 'resolved']);
  } finally {
    for (const burner of burners) burner.kill('SIGKILL');
    cpu.close();
    alerts.close();
    await server.stop();
    proc.remove();
  }
});
