import { join } from 'node:path';
import { riseBetween, toHundredths } from '../counter-rates';
import type { ReadingOf, Sample } from '../host';
import type { OwnCgroup } from './own-cgroup/own-cgroup';
import { parsePressure, type ResourcePressure, type Stall } from './pressure';
import { openPseudoFile, readOnce } from './pseudo-file';

export interface PressureOptions {
  readonly procPath: string;
  readonly now?: () => number;
}

type Stalls = Sample<'pressure'>['cpu'];

interface Look {
  readonly pressure: ResourcePressure;
  readonly atMs: number;
}

type Resource = 'cpu' | 'memory' | 'io';

/**
 * The machine's pressure since the previous reading, from `/proc/pressure`. `null` where the kernel has none: before
 * 4.20, built without PSI, or booted with `psi=0`, when the files are there and answer EOPNOTSUPP.
 */
export function pressureReading({ procPath, now }: PressureOptions): ReadingOf<'pressure'> | null {
  return readingOf((resource) => join(procPath, 'pressure', resource), now);
}

/** The pressure within a cgroup (cgroup-v2.rst); `null` where it has none, which since Linux 6.1 may be its own choice. */
export function cgroupPressureReading(
  { path }: Pick<OwnCgroup, 'path'>,
  now?: () => number,
): ReadingOf<'pressure'> | null {
  return readingOf((resource) => join(path, `${resource}.pressure`), now);
}

function readingOf(
  pathOf: (resource: Resource) => string,
  now: () => number = () => performance.now(),
): ReadingOf<'pressure'> | null {
  const resources: readonly Resource[] = ['cpu', 'memory', 'io'];
  if (!resources.some((resource) => parsePressure(readOnce(pathOf(resource)) ?? ''))) return null;
  const readCpu = openResource(pathOf('cpu'), now);
  const readMemory = openResource(pathOf('memory'), now);
  const readIo = openResource(pathOf('io'), now);
  return {
    type: 'pressure',
    async read() {
      const cpu = readCpu();
      const memory = readMemory();
      const io = readIo();
      if (!cpu && !memory && !io) throw new Error(`${pathOf('cpu')} and those beside it cannot be read`);
      return { cpu: cpu ?? unknown, memory: memory ?? unknown, io: io ?? unknown };
    },
  };
}

/** One resource's file, and the way to read its stalls since the last time; `null` when it cannot be read. */
function openResource(path: string, now: () => number): () => Stalls | null {
  const file = openPseudoFile(path);
  let before: Look | null = null;

  function look(): Look | null {
    try {
      const pressure = parsePressure(file.read());
      // Stamped after the read, to which the kernel brings its totals up.
      return pressure && { pressure, atMs: now() };
    } catch {
      return null;
    }
  }

  return () => {
    const after = look();
    const stalls = after && stallsBetween(before, after);
    before = after;
    return stalls;
  };
}

const percentMax = 1_000;

const unknown: Stalls = { someAvg10: null, fullAvg10: null, somePercent: null, fullPercent: null };

function stallsBetween(before: Look | null, { pressure: { some, full }, atMs }: Look): Stalls {
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
