import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, which Linux fixes for user space on every architecture that Node.js runs on. */
const ticksPerSecond = 100;

/** What a process has used so far: proc_pid_stat(5). */
export function usage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; what follows it begins with field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number) => Number(fields[number - 3]);
  return {
    childFaults: field(11),
    ownSeconds: (field(14) + field(15)) / ticksPerSecond,
    childSeconds: (field(16) + field(17)) / ticksPerSecond,
  };
}

export function residentKiB(pid) {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]);
}

/** A process and all that it started and that still runs. */
export function treeOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}

/** CPU seconds that a process and all below it have used, those that ended and were waited for included. */
export function treeSeconds(pid) {
  return treeOf(pid)
    .map(usage)
    .reduce((sum, { ownSeconds, childSeconds }) => sum + ownSeconds + childSeconds, 0);
}

/** The resident memory of a process and all below it; what they share counts for each. */
export const treeResidentKiB = (pid) => treeOf(pid).reduce((sum, one) => sum + residentKiB(one), 0);

/** Seconds since boot in which a core worked, for whomever, and seconds in all: proc_stat(5). All cores' with no number. */
export function coreTime(core = '') {
  const line = new RegExp(`^cpu${core} +(.+)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(' ')
    .map((ticks) => Number(ticks) / ticksPerSecond);
  const busySeconds = user + nice + system + irq + softirq + steal;
  return { busySeconds, allSeconds: busySeconds + idle + iowait };
}
