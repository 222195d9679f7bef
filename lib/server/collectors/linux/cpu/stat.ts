/** CPU time by mode since boot, in clock ticks. A mode that an old kernel does not count, or that has no figure, is `null`. */
export interface CpuTimes {
  readonly user: number | null;
  readonly nice: number | null;
  readonly system: number | null;
  readonly idle: number | null;
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
const cpusMax = 8192;

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
    const blank = text.indexOf(' ', start);
    if (end === -1) break;
    // The total's label has no number. It is followed by two blanks.
    const label = text.slice(start + 3, Math.min(blank, end));
    const times = timesOf(text, blank, end);
    const cpu = Number(label);
    if (label === '') all = times;
    else if (Number.isInteger(cpu) && cpu >= cores.length && cpu < cpusMax) {
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

/** `null` for a line of fewer than four columns, and for one without a single figure. */
function timesOf(text: string, from: number, to: number): CpuTimes | null {
  const figures = figuresIn(text, from, to);
  if (figures.length < 4 || figures.every((figure) => figure === null)) return null;
  const [user = null, nice = null, system = null, idle = null, iowait = null, ...rest] = figures;
  const [irq = null, softirq = null, steal = null, guest = null, guestNice = null] = rest;
  return { user, nice, system, idle, iowait, irq, softirq, steal, guest, guestNice };
}

const codeOfBlank = 32;
const codeOfZero = 48;

/** Digit by digit, since a machine has thousands of these lines. `null` for what is no whole number that is exact. */
function figuresIn(text: string, from: number, to: number): readonly (number | null)[] {
  const figures: (number | null)[] = [];
  let at = from;
  while (at < to) {
    if (text.charCodeAt(at) === codeOfBlank) {
      at += 1;
      continue;
    }
    let figure: number = 0;
    for (; at < to && text.charCodeAt(at) !== codeOfBlank; at += 1) {
      const digit = text.charCodeAt(at) - codeOfZero;
      figure = digit < 0 || digit > 9 ? Number.NaN : figure * 10 + digit;
    }
    figures.push(Number.isSafeInteger(figure) ? figure : null);
  }
  return figures;
}

function figureAfter(text: string, label: string): number | null {
  const at = text.indexOf(label);
  const end = at === -1 ? -1 : text.indexOf('\n', at + 1);
  if (end === -1) return null;
  const digits = text.slice(at + label.length, end);
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}
