import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@/lib/server/concurrency/clock';
import { cpuPercentMax } from '../../counter-rates';
import { readBrief } from '../procfs/pseudo-file';
import { seesFirstProcess } from '../procfs/roots';
import type { KernelUnits } from './kernel-units';
import { type ProcessStat, parseProcessStat } from './process-stat';

/** A process as it was when it was read last. */
export interface TrackedProcess {
  readonly pid: number;
  readonly stat: ProcessStat;
  readonly atMs: number;
  /** Of one core, since the read before; `null` at a first read. */
  readonly cpuPercent: number | null;
}

export interface Scan {
  /** `null` where others' processes are not even listed. */
  readonly count: number | null;
  /** `null` until every process has been read once, and where those of others cannot be. */
  readonly threads: number | null;
  readonly scope: 'all' | 'own';
  readonly processes: ReadonlyMap<number, TrackedProcess>;
}

export interface ProcessTableOptions {
  readonly procPath: string;
  readonly clock: Clock;
  /** How much of the main thread one scan may take, in ms. */
  readonly budgetMs?: number;
}

/** A process costs about 10 µs: beyond some 10,000, the idle ones take turns. */
const defaultBudgetMs = 100;
/** Others get a turn after so many processes: about 1 ms. */
const chunk = 100;
/** A scan further back than this describes another time than now. */
const forgetMs = 60_000;

/** All processes of a procfs. `scan` rejects, naming the path, when there is no list of them. */
export function openProcessTable({ procPath, clock, budgetMs = defaultBudgetMs }: ProcessTableOptions) {
  let seen = new Map<number, TrackedProcess>();
  let listed: { readonly pids: ReadonlySet<number>; readonly atMs: number } | null = null;
  let cursor = 0;

  function readProcess(pid: number, { ticksPerSecond }: KernelUnits): void {
    const stat = parseProcessStat(readBrief(join(procPath, String(pid), 'stat')) ?? '');
    if (!stat) {
      seen.delete(pid);
      return;
    }
    const atMs = clock.monotonicMs();
    const earlier = seen.get(pid);
    const before = earlier?.stat.startTicks === stat.startTicks ? earlier : null;
    // All that a newcomer has used, it has used since the last scan, at which it did not exist.
    const isNew = before === null && listed !== null && (earlier !== undefined || !listed.pids.has(pid));
    const sinceMs = before?.atMs ?? (isNew ? (earlier?.atMs ?? listed?.atMs) : undefined);
    const ticks = stat.ticks - (before?.stat.ticks ?? 0);
    const isMeasured = sinceMs !== undefined && atMs > sinceMs && ticks >= 0;
    const cpuPercent = isMeasured ? (ticks / ticksPerSecond / (atMs - sinceMs)) * 100_000 : null;
    const isBelievable = cpuPercent !== null && cpuPercent <= cpuPercentMax;
    seen.set(pid, { pid, stat, atMs, cpuPercent: isBelievable ? cpuPercent : null });
  }

  /** Those that did something first; then the others, from where the last scan ran out of time. */
  function inTurn(pids: readonly number[]): number[] {
    const isBusy = (pid: number) => (seen.get(pid)?.cpuPercent ?? 0) > 0 || !listed?.pids.has(pid);
    const busy = pids.filter(isBusy);
    const idle = pids.filter((pid) => !isBusy(pid));
    const from = idle.findIndex((pid) => pid > cursor);
    return [...busy, ...idle.slice(Math.max(0, from)), ...idle.slice(0, Math.max(0, from))];
  }

  /** Whether each has been read, now or before. */
  async function readAll(pids: readonly number[], units: KernelUnits, signal: AbortSignal): Promise<boolean> {
    let spentMs = 0;
    const order = inTurn(pids);
    for (let start = 0; start < order.length; start += chunk) {
      if (start > 0) await turn();
      if (signal.aborted || spentMs > budgetMs) {
        return order.slice(start).every((pid) => seen.has(pid));
      }
      // The time that it takes here, whatever clock the samples go by.
      const startMs = performance.now();
      for (const pid of order.slice(start, start + chunk)) {
        readProcess(pid, units);
        cursor = pid;
      }
      spentMs += performance.now() - startMs;
    }
    return true;
  }

  return {
    async scan(units: KernelUnits, signal: AbortSignal): Promise<Scan> {
      const names = await readdir(procPath).catch((cause: Error) => {
        throw new Error(`${procPath} cannot be listed: ${cause.message}`, { cause });
      });
      const atMs = clock.monotonicMs();
      const pids = names
        .filter((name) => /^[1-9]\d{0,9}$/.test(name))
        .map(Number)
        .sort((a, b) => a - b);
      if (pids.length === 0) {
        throw new Error(`${procPath} has no process`, {
          cause: Object.assign(new Error(), { code: 'ENOENT' }),
        });
      }
      if (listed && atMs - listed.atMs > forgetMs) {
        listed = null;
        seen = new Map();
      }
      const present = new Set(pids);
      for (const pid of seen.keys()) if (!present.has(pid)) seen.delete(pid);
      const isComplete = await readAll(pids, units, signal);
      listed = { pids: present, atMs };

      let threads = 0;
      for (const { stat } of seen.values()) threads += stat.threads;
      // Every process is a child of the first. `hidepid=2` lists own ones only, `hidepid=1` lists all and shows own ones.
      const isAll = seen.has(1) || seesFirstProcess(procPath);
      return {
        count: present.has(1) ? pids.length : null,
        threads: isComplete && isAll ? threads : null,
        scope: isAll ? 'all' : 'own',
        processes: seen,
      };
    },
  };
}
