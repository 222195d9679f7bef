import { resourceOfMetric, topProcesses } from '@/lib/health/top-consumer';
import type { Process } from '@/lib/protocol/alerting';

const topConsumersMax = 5;

/** Whether processes may be the cause: not of a login, and a sensor may measure anything. */
export function hasTopConsumers(metric: string): boolean {
  return !/^(sensor|user-login)\./.test(metric);
}

/**
 * The processes that use most of what the metric measures: of space, those that read and write; of what is no resource,
 * such as network errors, those with most CPU. Without command lines, since alerts leave the machine.
 */
export function topConsumersOf(metric: string, processes: readonly Process[]): Process[] {
  const resource = metric.startsWith('filesystem.') ? 'disk' : (resourceOfMetric(metric) ?? 'cpu');
  return topProcesses(processes, resource)
    .slice(0, topConsumersMax)
    .map((process) => ({ ...process, command: null }));
}

/** The running processes of a host now. */
export type ListProcesses = (host: string) => readonly Process[] | Promise<readonly Process[]>;

/** How long an alert waits for the list. */
const listTimeoutMs = 400;

/** None where listing them fails or takes too long. */
export async function listProcessesInTime(
  listProcesses: ListProcesses,
  host: string,
): Promise<readonly Process[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<readonly Process[]>((resolve) => {
    timer = setTimeout(resolve, listTimeoutMs, []);
  });
  try {
    return await Promise.race([listProcesses(host), tooLong]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
