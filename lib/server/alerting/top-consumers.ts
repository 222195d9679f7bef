import type { Process } from '@/lib/protocol/alerting';

const topConsumersMax = 5;

/** Whether processes can be the cause: they heat a chip, too, but no greenhouse, and nobody waits to find out. */
export function hasTopConsumers(metric: string): boolean {
  return !/^(sensor|user-login)\./.test(metric);
}

type Weight = (process: Process) => number;
const byCpu: Weight = ({ cpuPercent }) => cpuPercent ?? 0;
const byMemory: Weight = ({ memoryBytes }) => memoryBytes ?? 0;
const byDisk: Weight = ({ readBytesPerSecond, writeBytesPerSecond }) =>
  (readBytesPerSecond ?? 0) + (writeBytesPerSecond ?? 0);

function weightFor(metric: string): Weight {
  if (/^(memory|pressure\.memory)\./.test(metric)) return byMemory;
  return /^(disk|filesystem|pressure\.io)\./.test(metric) ? byDisk : byCpu;
}

/** Those of the processes that weigh most on what the metric measures. No command lines: alerts go to everybody. */
export function topConsumersOf(metric: string, processes: readonly Process[]): Process[] {
  const weight = weightFor(metric);
  return processes
    .filter((process) => weight(process) > 0)
    .sort((one, other) => weight(other) - weight(one))
    .slice(0, topConsumersMax)
    .map((process) => ({ ...process, command: null }));
}

/** The running processes of a host, as they are at the moment. */
export type ListProcesses = (host: string) => readonly Process[] | Promise<readonly Process[]>;

/** How long an alert waits for the list. */
const listTimeoutMs = 400;

/** The processes, or none where that fails or takes too long. */
export async function listProcessesInTime(
  culprits: ListProcesses,
  host: string,
): Promise<readonly Process[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<readonly Process[]>((resolve) => {
    timer = setTimeout(resolve, listTimeoutMs, []);
  });
  try {
    return await Promise.race([culprits(host), tooLong]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
