import { join } from 'node:path';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { riseBetween, toHundredths } from '../../counter-rates';
import type { CollectorOf, Sample } from '../../host';
import type { OwnCgroup } from '../cgroup/own-cgroup';
import { openPseudoFile } from '../procfs/pseudo-file';
import { parsePressure, type ResourcePressure, type Stall } from './pressure';

export interface PressureOptions {
  readonly procPath: string;
  readonly clock?: Clock;
}

type Stalls = Sample<'pressure'>['cpu'];

interface PressureSample {
  readonly pressure: ResourcePressure;
  readonly atMs: number;
}

type Resource = 'cpu' | 'memory' | 'io';

/**
 * The machine's pressure since the previous sample, from `/proc/pressure`. Rejects where the kernel has none: before
 * 4.20, built without PSI, or booted with `psi=0`, when the files are there and answer EOPNOTSUPP.
 */
export function pressureCollector({ procPath, clock }: PressureOptions): CollectorOf<'pressure'> {
  return collectorFor((resource) => join(procPath, 'pressure', resource), clock);
}

/** The pressure within a cgroup (cgroup-v2.rst); rejects where it has none, which since Linux 6.1 may be its own choice. */
export function cgroupPressureCollector(
  { path }: Pick<OwnCgroup, 'path'>,
  clock?: Clock,
): CollectorOf<'pressure'> {
  return collectorFor((resource) => join(path, `${resource}.pressure`), clock);
}

function collectorFor(
  pathOf: (resource: Resource) => string,
  clock: Clock = systemClock,
): CollectorOf<'pressure'> {
  const readCpu = openResource(pathOf('cpu'), clock);
  const readMemory = openResource(pathOf('memory'), clock);
  const readIo = openResource(pathOf('io'), clock);
  return {
    type: 'pressure',
    async collect() {
      const all = [readCpu(), readMemory(), readIo()] as const;
      const [cpu, memory, io] = all.map((one) => (one instanceof Error ? unknown : one));
      const [error] = all;
      if (error instanceof Error && all.every((one) => one instanceof Error)) {
        throw new Error(`${pathOf('cpu')} and those beside it cannot be read: ${error.message}`, {
          cause: error,
        });
      }
      return { cpu: cpu ?? unknown, memory: memory ?? unknown, io: io ?? unknown };
    },
  };
}

/** One resource's file, and the way to read its stalls since the last time; an error when it cannot be read. */
function openResource(path: string, clock: Clock): () => Stalls | Error {
  const file = openPseudoFile(path);
  let before: PressureSample | null = null;

  function readStalls(): PressureSample | Error {
    try {
      const text = file.read();
      const pressure = parsePressure(text);
      // Stamped after the read, to which the kernel brings its totals up.
      if (pressure) return { pressure, atMs: clock.monotonicMs() };
      // The file of a cgroup without accounting is empty.
      return Object.assign(new Error(`${path} has no figures`), text === '' ? { code: 'ENODATA' } : {});
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  return () => {
    const after = readStalls();
    const isRead = !(after instanceof Error);
    const stalls = isRead ? stallsBetween(before, after) : after;
    before = isRead ? after : null;
    return stalls;
  };
}

const percentMax = 1_000;

const unknown: Stalls = { someAvg10: null, fullAvg10: null, somePercent: null, fullPercent: null };

function stallsBetween(
  before: PressureSample | null,
  { pressure: { some, full }, atMs }: PressureSample,
): Stalls {
  const percent = (earlier: Stall | null | undefined, later: Stall | null) =>
    before && earlier && later ? shareOf(earlier, later, atMs - before.atMs) : null;
  return {
    someAvg10: some?.avg10 ?? null,
    fullAvg10: full?.avg10 ?? null,
    somePercent: percent(before?.pressure.some, some),
    fullPercent: percent(before?.pressure.full, full),
  };
}

function shareOf(before: Stall, after: Stall, elapsedMs: number): number | null {
  const stalled = riseBetween(before.totalMicroseconds, after.totalMicroseconds);
  if (stalled === null || !(elapsedMs > 0)) return null;
  const percent = toHundredths((stalled / 1000 / elapsedMs) * 100);
  // The kernel may be late by a little; a total that rose by far more than time passed was set.
  return percent > percentMax ? null : Math.min(100, percent);
}
