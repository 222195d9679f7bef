/** What Hostbeat takes from `/proc/<pid>/stat`. Times are in clock ticks. */
export interface ProcessStat {
  /** Read as Latin-1, in whatever bytes the process chose. */
  readonly name: string;
  readonly isKernelThread: boolean;
  /** User and system time of all its threads, also of those that ended. */
  readonly ticks: number;
  readonly threads: number;
  /** Since boot. Two processes of one pid differ in it. */
  readonly startTicks: number;
  /** `null` where the kernel's figure is none, as for one below 0. */
  readonly residentPages: number | null;
}

/** `PF_KTHREAD` of linux/sched.h. */
const kernelThread = 0x200000;

/**
 * Reads `/proc/<pid>/stat` (man proc_pid_stat(5)); `null` when it is cut off or no such file. A name may hold
 * spaces, parentheses and newlines: it ends at the last parenthesis, as no later column has one.
 */
export function parseProcessStat(text: string): ProcessStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  // Columns from the third on: state, ppid, …; 24 of 52 are enough, and old kernels have fewer.
  const columns = text.slice(close + 2).split(' ', 23);
  if (open === -1 || close < open || columns.length < 23) return null;
  const figure = (index: number) => Number(columns[index]);
  const stat = {
    name: text.slice(open + 1, close),
    isKernelThread: (figure(6) & kernelThread) !== 0,
    ticks: figure(11) + figure(12),
    threads: figure(17),
    startTicks: figure(19),
    residentPages: isCount(figure(21)) ? figure(21) : null,
  };
  const { ticks, threads, startTicks } = stat;
  return [ticks, threads, startTicks].every(isCount) ? stat : null;
}

const isCount = (figure: number) => figure >= 0 && Number.isSafeInteger(figure);
