/** CPU time by mode since boot, in clock ticks. A mode that an old kernel does not count is `null`. */
export interface CpuTimes {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number | null;
  readonly irq: number | null;
  readonly softirq: number | null;
  readonly steal: number | null;
  readonly guest: number | null;
  readonly guestNice: number | null;
}

/** What Hostbeat takes from `/proc/stat`. */
export interface Stat {
  readonly all: CpuTimes;
  /** By CPU number; `null` for one that is offline. */
  readonly cores: readonly (CpuTimes | null)[];
  readonly runningTasks: number | null;
  readonly blockedTasks: number | null;
  /** Unix seconds. */
  readonly bootTime: number | null;
}

/** The largest `NR_CPUS` of any architecture. A higher number is garbage and must not size an array. */
const mostCpus = 8192;

/**
 * Reads `/proc/stat` (Documentation/filesystems/proc.rst, 1.7); `null` when it has no whole `cpu` line.
 * The CPU lines come first. A last line without its newline was cut off, and is left out.
 */
export function parseStat(text: string): Stat | null {
  let all: CpuTimes | null = null;
  const cores: (CpuTimes | null)[] = [];
  let start = 0;
  while (text.startsWith('cpu', start)) {
    const end = text.indexOf('\n', start);
    if (end === -1) break;
    const columns = text.slice(start + 3, end).split(' ');
    const times = timesOf(columns.slice(1));
    const cpu = Number(columns[0]);
    if (columns[0] === '') all = times;
    else if (Number.isInteger(cpu) && cpu >= cores.length && cpu < mostCpus) {
      while (cores.length < cpu) cores.push(null);
      cores.push(times);
    }
    start = end + 1;
  }
  if (!all) return null;
  const figure = (label: string) => figureAfter(text, `\n${label} `);
  return {
    all,
    cores,
    runningTasks: figure('procs_running'),
    blockedTasks: figure('procs_blocked'),
    bootTime: figure('btime'),
  };
}

function timesOf(columns: readonly string[]): CpuTimes | null {
  // The total's label is followed by two spaces, hence an empty first column.
  const ticks = columns.filter((column) => column !== '').map(Number);
  const [user, nice, system, idle, ...rest] = ticks;
  if (user === undefined || nice === undefined || system === undefined || idle === undefined) return null;
  if (!ticks.every(Number.isSafeInteger)) return null;
  const [iowait = null, irq = null, softirq = null, steal = null, guest = null, guestNice = null] = rest;
  return { user, nice, system, idle, iowait, irq, softirq, steal, guest, guestNice };
}

function figureAfter(text: string, label: string): number | null {
  const at = text.indexOf(label);
  const end = at === -1 ? -1 : text.indexOf('\n', at + 1);
  if (end === -1) return null;
  const digits = text.slice(at + label.length, end);
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}
