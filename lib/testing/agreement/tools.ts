import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ReadTime } from './timeline';

const run = promisify(execFile);
const env = { ...process.env, LC_ALL: 'C' };

/** Whether a program is on the PATH or in Debian’s folders for administrators. */
export function isInstalled(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].filter(Boolean);
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** The output of a tool, and the time of its reading. */
export interface Printed extends ReadTime {
  readonly text: string;
}

/** Runs a tool that reads once. */
export async function runTool(
  program: string,
  args: readonly string[],
  clock: () => number,
): Promise<Printed> {
  const fromMs = clock();
  const { stdout } = await run(program, args, { env });
  return { text: stdout, fromMs, toMs: clock() };
}

/** A tool that reads twice, `seconds` apart, and the bounds of both times. */
export interface Watched {
  readonly text: string;
  readonly first: ReadTime;
  readonly last: ReadTime;
  /** The time between its readings, at least and at most. */
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** Its first reading is after it started, and `seconds` before the second, which is before it ended. */
export async function runWatch(
  program: string,
  args: readonly string[],
  seconds: number,
  clock: () => number,
): Promise<Watched> {
  const { text, fromMs, toMs } = await runTool(program, args, clock);
  return {
    text,
    first: { fromMs, toMs: toMs - seconds * 1000 },
    last: { fromMs: fromMs + seconds * 1000, toMs },
    leastSeconds: seconds,
    mostSeconds: (toMs - fromMs) / 1000,
  };
}

/** The figures under the last head of a table: `{ us: 12, … }`. */
export function lastRow(text: string): Readonly<Record<string, number>> {
  const lines = text.trim().split('\n');
  const head =
    lines
      .findLast((line) => /[a-z]/.test(line))
      ?.trim()
      .split(/\s+/) ?? [];
  const cells = lines.at(-1)?.trim().split(/\s+/) ?? [];
  return Object.fromEntries(head.map((name, column) => [name, Number(cells[column])]));
}

/** A running node_exporter, or `null` where there is none. */
export async function startExporter(clock: () => number) {
  const program = 'prometheus-node-exporter';
  if (!isInstalled(program)) return null;
  const address = `127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(program, [`--web.listen-address=${address}`], { stdio: 'ignore' });
  const fetched = async () => (await fetch(`http://${address}/metrics`)).text();
  async function scrape(): Promise<Printed> {
    const fromMs = clock();
    return { text: await fetched(), fromMs, toMs: clock() };
  }
  for (let tries = 0; tries < 100; tries += 1) {
    const isLive = await fetched().catch(() => null);
    if (isLive !== null) break;
    await pause(50);
  }
  return { scrape, stop: () => child.kill() };
}

/** A metric's value by its name and labels, as the exposition format has it. */
export function metricOf(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? Number.NaN : Number(line.slice(name.length));
}

/** The sum of a metric over all its labels that match. */
export function sumOf(text: string, name: string, labels: RegExp): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.test(line))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}
