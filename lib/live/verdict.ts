import type { Cpu, HostFacts, Memory } from '@/lib/events/payloads';

export type Tone = 'unknown' | 'calm' | 'warning' | 'critical';

/** What the one sentence at the top says is the matter; `calm` when nothing is. */
export type Matter =
  | 'waiting'
  | 'calm'
  | 'cpu-full'
  | 'iowait'
  | 'steal'
  | 'memory-full'
  | 'swapping'
  | 'overloaded'
  | 'cpu-lost'
  | 'memory-lost';

export interface Verdict {
  readonly tone: Tone;
  readonly matter: Matter;
  /** The figure that made it so: percent, or load per core for `overloaded`. `null` when there is none. */
  readonly figure: number | null;
}

/** What a machine is judged by. */
export interface Evidence {
  /** The samples of the last `weighedMs` without a hole in them, oldest first; none once they are stale. */
  readonly cpu: readonly Cpu[];
  readonly memory: Memory | null;
  readonly facts: HostFacts;
  /** What no longer comes, while the host is heard. */
  readonly lost: readonly ('cpu' | 'memory')[];
}

/** CPU samples are averaged over this long, so that one busy second is not news. */
export const weighedMs = 10_000;

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** How the machine is, from its latest samples: the worst matter first. */
export function judge({ cpu: recent, memory, facts, lost }: Evidence): Verdict {
  const cpu = recent.at(-1);
  if (!cpu && !memory) return { tone: 'unknown', matter: 'waiting', figure: null };

  const memoryUsed = share(memory?.usedBytes, memory?.totalBytes);
  const swapUsed = share(memory?.swapUsedBytes, memory?.swapTotalBytes);
  const total = mean(recent.map((row) => row.totalPercent));
  const iowait = mean(recent.map((row) => row.iowaitPercent));
  const steal = mean(recent.map((row) => row.stealPercent));
  const loadPerCore = cpu?.load5 != null && facts.cores ? cpu.load5 / facts.cores : null;

  const candidates: readonly { matter: Matter; figure: number | null; warning: number; critical: number }[] =
    [
      { matter: 'memory-full', figure: memoryUsed, warning: 85, critical: 95 },
      { matter: 'cpu-full', figure: total, warning: 85, critical: 97 },
      { matter: 'iowait', figure: iowait, warning: 20, critical: 50 },
      { matter: 'steal', figure: steal, warning: 10, critical: 30 },
      { matter: 'swapping', figure: swapUsed, warning: 60, critical: 90 },
      { matter: 'overloaded', figure: loadPerCore, warning: 2, critical: 5 },
    ];
  const reaches = (tone: 'warning' | 'critical') =>
    candidates.find((candidate) => candidate.figure !== null && candidate.figure >= candidate[tone]);
  const critical = reaches('critical');
  if (critical) return { tone: 'critical', matter: critical.matter, figure: critical.figure };
  const [gone] = lost;
  if (gone) return { tone: 'warning', matter: `${gone}-lost`, figure: null };
  const warning = reaches('warning');
  if (warning) return { tone: 'warning', matter: warning.matter, figure: warning.figure };
  return { tone: 'calm', matter: 'calm', figure: null };
}

/** `part` of `whole` in percent; `null` where either is missing or there is no whole. */
export function share(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part == null || !whole ? null : (part / whole) * 100;
}
