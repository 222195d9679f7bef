import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { layOutMachine } from '@/lib/testing/linux/fixture-machine';
import { processCollector } from './process-collector';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The laptop's processes, by a clock that stands still until the test moves it. */
function laptop(budgetMs = 60_000) {
  const machine = layOutMachine('laptop', folder);
  const clock = { ms: 50_000 };
  const options = {
    ...machine,
    clock: clockWith({ monotonicMs: () => clock.ms }),
    budgetMs,
    detailsWaitMs: 60_000,
  };
  const reading = processCollector(options);
  return {
    ...machine,
    clock,
    async read() {
      const sample = await reading.collect(signal);
      const event = { t: 0, host: 'atlas', ...sample };
      expect(processesSchema.parse(event)).toEqual(event);
      if (!sample) throw new Error('no sample');
      return { ...sample, of: (pid: number) => sample.top.find((row) => row.pid === pid) };
    },
  };
}

describe('the processes of a laptop', () => {
  it('at first have memory, users and commands, and no rates', async () => {
    const { count, threads, top } = await laptop().read();
    expect({ count, threads }).toEqual({ count: 7, threads: 38 });
    expect(top.map(({ pid }) => pid)).toEqual([812, 1, 950, 900, 960]);
    expect(top[0]).toEqual({
      pid: 812,
      name: 'Web Content',
      user: 'ada',
      cpuPercent: null,
      memoryBytes: 120_000 * 4096,
      readBytesPerSecond: null,
      writeBytesPerSecond: null,
      command: '/usr/lib/firefox/firefox -contentproc --tab 3',
    });
    expect(top[3]).toMatchObject({
      name: 'a) R 1 (b\ufffdc',
      user: 'émilie',
      command: './a\ufffdé\ufffd[2J',
    });
    expect(top[4]).toMatchObject({ user: null });
  });

  it('have their rates since the sample before from then on', async () => {
    const machine = laptop();
    await machine.read();
    machine.clock.ms += 5_000;
    machine.passSecond();
    const { count, threads, top, of } = await machine.read();
    expect({ count, threads }).toEqual({ count: 7, threads: 41 });
    expect(top.map(({ pid }) => pid)).toEqual([812, 970, 38, 950, 1, 900]);
    // 7.5 s of CPU and 5 MB in 5 s.
    expect(of(812)).toMatchObject({
      cpuPercent: 150,
      readBytesPerSecond: 0,
      writeBytesPerSecond: 1_000_000,
      memoryBytes: 125_000 * 4096,
    });
    expect(of(1)).toMatchObject({ cpuPercent: 0, readBytesPerSecond: 0, user: 'root' });
    // A kernel thread is in it for the CPU that it used.
    expect(of(38)).toMatchObject({ cpuPercent: 10, user: 'root', memoryBytes: 0, command: null });
    // What a newcomer used, it used since.
    expect(of(970)).toMatchObject({ cpuPercent: 20, readBytesPerSecond: null });
    // Time that ran backwards is none that can be told.
    expect(of(900)?.cpuPercent).toBeNull();
  });

  it('of a pid that has a new bearer are not those of the old', async () => {
    const machine = laptop();
    await machine.read();
    machine.clock.ms += 5_000;
    machine.passSecond();
    expect((await machine.read()).of(950)).toEqual({
      pid: 950,
      name: 'heir',
      user: '4242',
      cpuPercent: 5,
      memoryBytes: 900 * 4096,
      readBytesPerSecond: null,
      writeBytesPerSecond: null,
      command: '/opt/heir',
    });
  });

  it('are read as for the first time after a long pause', async () => {
    const machine = laptop();
    await machine.read();
    machine.clock.ms += 3_600_000;
    machine.passSecond();
    expect((await machine.read()).top.every(({ cpuPercent }) => cpuPercent === null)).toBe(true);
  });

  it('are numbers where the users are out of reach', async () => {
    const { procPath } = layOutMachine('laptop', folder);
    const sample = await processCollector({ procPath }).collect(signal);
    expect(sample?.top[0]?.user).toBe('1000');
  });
});

describe('a hostile procfs', () => {
  it('that is missing or has no process makes it reject by name', async () => {
    await expect(processCollector({ procPath: '/nowhere' }).collect(signal)).rejects.toThrow('/nowhere');
    await expect(processCollector({ procPath: folder }).collect(signal)).rejects.toThrow(folder);
  });

  it('that has garbage in a process leaves that one out, and counts it', async () => {
    const machine = laptop();
    const stat = join(machine.procPath, '812/stat');
    for (const text of ['', '\0\xff', '812 (Web', 'x'.repeat(5_000_000)]) {
      writeFileSync(stat, text);
      const { count, of } = await machine.read();
      expect(count).toBe(7);
      expect(of(812)).toBeUndefined();
    }
    rmSync(join(machine.procPath, '812'), { recursive: true });
    writeFileSync(join(machine.procPath, '812'), 'no folder');
    expect((await machine.read()).of(812)).toBeUndefined();
  });

  it('that denies what is a process’s own leaves that null', async () => {
    const machine = laptop();
    chmodSync(folder, 0o755);
    for (const file of ['io', 'cmdline', 'status']) chmodSync(join(machine.procPath, '812', file), 0o000);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      expect((await machine.read()).of(812)).toMatchObject({
        name: 'Web Content',
        user: null,
        command: null,
        readBytesPerSecond: null,
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});

describe('very many processes', () => {
  const statOf = (pid: number, ticks: number) =>
    `${pid} (p${pid}) S 1 1 1 0 -1 4194304 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 5 1000 ${pid} 0\n`;

  function write(procPath: string, pid: number, ticks: number): void {
    mkdirSync(join(procPath, String(pid)), { recursive: true });
    writeFileSync(join(procPath, String(pid), 'stat'), statOf(pid, ticks));
  }

  it('take turns in a bounded time, the busy ones first, and all within some cycles', async () => {
    const machine = laptop(0);
    rmSync(machine.procPath, { recursive: true });
    for (let pid = 1; pid <= 450; pid += 1) write(machine.procPath, pid, 10);
    const first = await machine.read();
    // A budget of nothing is one chunk of a hundred.
    expect(first).toMatchObject({ count: 450, threads: null });
    for (let round = 0; round < 4; round += 1) {
      machine.clock.ms += 5_000;
      await machine.read();
    }
    machine.clock.ms += 5_000;
    const complete = await machine.read();
    expect(complete).toMatchObject({ count: 450, threads: 450 });
    expect(complete.top[0]?.pid).toBe(450);

    // Within one tour somebody idle is found out; from then on it is looked at in each round.
    write(machine.procPath, 7, 1_010);
    let found = false;
    for (let round = 0; round < 5 && !found; round += 1) {
      machine.clock.ms += 5_000;
      found = ((await machine.read()).of(7)?.cpuPercent ?? 0) > 0;
    }
    expect(found).toBe(true);
    write(machine.procPath, 7, 1_260);
    machine.clock.ms += 5_000;
    expect((await machine.read()).of(7)?.cpuPercent).toBe(50);
  });

  it('end with the abort of their cycle', async () => {
    const { procPath } = laptop();
    for (let pid = 1000; pid < 1400; pid += 1) write(procPath, pid, 1);
    const aborted = AbortSignal.abort();
    expect(await processCollector({ procPath }).collect(aborted)).toMatchObject({
      count: 407,
      threads: null,
    });
  });
});

it.runIf(process.platform === 'linux')(
  'finds itself on this machine, and the CPU that it burns',
  async () => {
    const reading = processCollector({ procPath: '/proc' });
    const countPids = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
    /** The CPU time that it has used, and the time that it is, in ms. */
    const look = () => {
      const { user, system } = process.cpuUsage();
      return { usedMs: (user + system) / 1000, atMs: performance.now() };
    };
    const pidsBefore = countPids();
    const outerBefore = look();
    const first = await reading.collect(signal);
    const innerBefore = look();
    const pids = [pidsBefore, countPids()];
    expect(first?.count).toBeGreaterThan(Math.min(...pids) - 20);
    expect(first?.count).toBeLessThan(Math.max(...pids) + 20);
    // By the CPU that it got, since other tests may want theirs.
    while (look().usedMs < innerBefore.usedMs + 300);
    const innerAfter = look();
    const second = await reading.collect(signal);
    const outerAfter = look();
    const own = second?.top.find(({ pid }) => pid === process.pid);
    // The kernel counts in ticks of 10 ms, at either end.
    const tickMs = 10;
    const usedLeast = innerAfter.usedMs - innerBefore.usedMs - 2 * tickMs;
    const usedMost = outerAfter.usedMs - outerBefore.usedMs + 2 * tickMs;
    expect(own?.cpuPercent).toBeGreaterThan((usedLeast / (outerAfter.atMs - outerBefore.atMs)) * 99);
    expect(own?.cpuPercent).toBeLessThan((usedMost / (innerAfter.atMs - innerBefore.atMs)) * 101);
    expect(own?.command).toContain('node');
    const rss = process.memoryUsage.rss();
    expect(Math.abs((own?.memoryBytes ?? 0) - rss) / rss).toBeLessThan(0.5);
  },
);
