import type { TopConsumer } from './finding';
import type { HealthInputs } from './inputs';
import { meanScores } from './stable-order';

type Resource = TopConsumer['resource'];

/** Smaller shares of the total are not named. */
const shareMin: Readonly<Record<Resource, number>> = { cpu: 0.25, memory: 0.15, disk: 0.3 };
/** Percent of a core, bytes, bytes per second. */
const figureMin: Readonly<Record<Resource, number>> = { cpu: 10, memory: 50e6, disk: 500e3 };
/** A container is named instead of its top process when it uses this many times more. */
const containerLead = 1.4;
/** The named consumer is kept until another one uses this many times more. */
const lead = 1.3;

type Process = NonNullable<HealthInputs['latest']['processes']>['top'][number];

/** What a process uses: percent of a core, bytes, or bytes per second; `null` when nothing is known. */
export const usageOf: Readonly<Record<Resource, (process: Process) => number | null>> = {
  cpu: ({ cpuPercent }) => cpuPercent,
  memory: ({ memoryBytes }) => memoryBytes,
  disk: ({ readBytesPerSecond: read, writeBytesPerSecond: write }) =>
    read === null && write === null ? null : (read ?? 0) + (write ?? 0),
};

/** The resource of which a metric shows the use or the shortage; `null` for any other metric. */
export function resourceOfMetric(metric: string): Resource | null {
  if (/^(cpu|pressure\.cpu)\./.test(metric)) return 'cpu';
  if (/^(memory|pressure\.memory)\./.test(metric)) return 'memory';
  return /^(disk|pressure\.io)\./.test(metric) ? 'disk' : null;
}

/** The processes that use a resource, in the order of their use, the highest first. */
export function topProcesses(processes: readonly Process[], resource: Resource): readonly Process[] {
  const usage = (process: Process) => usageOf[resource](process) ?? 0;
  return processes.filter((process) => usage(process) > 0).sort((one, other) => usage(other) - usage(one));
}

/**
 * Usage by name. Processes of one name are added up, except their memory: shared pages would be counted repeatedly.
 */
function usedByProcesses({ recent, latest }: HealthInputs, resource: Resource): ReadonlyMap<string, number> {
  const rows = recent.processes ?? (latest.processes ? [latest.processes] : []);
  const keyOf = ({ name, pid }: Process) => (resource === 'memory' ? `${name}\n${pid}` : name);
  return meanScores(rows, ({ top }) => top, keyOf, usageOf[resource]);
}

function usedByContainers({ recent }: HealthInputs, resource: Resource): ReadonlyMap<string, number> {
  if (resource === 'disk') return new Map();
  return meanScores(
    recent.containers ?? [],
    ({ containers }) => containers,
    ({ name, id }) => name ?? id.slice(0, 12),
    ({ cpuPercent, memoryBytes }) => (resource === 'cpu' ? cpuPercent : memoryBytes),
  );
}

/** Total usage as far as known; for the disk, the sum over the top processes. */
function usedByAll(
  { latest, facts }: HealthInputs,
  resource: Resource,
  processes: ReadonlyMap<string, number>,
): number {
  const known = [...processes.values()].reduce((sum, figure) => sum + figure, 0);
  if (resource === 'cpu') return (latest.cpu?.totalPercent ?? 0) * (facts.cores ?? 1);
  return resource === 'memory' ? (latest.memory?.usedBytes ?? known) : known;
}

const foremost = (taken: ReadonlyMap<string, number>, before: string | undefined) =>
  [...taken].reduce<readonly [string, number] | null>((high, one) => {
    if (!high) return one;
    const weight = ([name, figure]: readonly [string, number]) =>
      figure * (name.split('\n')[0] === before ? lead : 1);
    return weight(one) > weight(high) ? one : high;
  }, null);

/** The top consumer of a resource; `null` when none stands out. `before`: the one named last. */
export function topConsumerOf(
  inputs: HealthInputs,
  resource: Resource,
  before: TopConsumer | null = null,
): TopConsumer | null {
  const processes = usedByProcesses(inputs, resource);
  const process = foremost(processes, before?.name);
  const container = foremost(usedByContainers(inputs, resource), before?.name);
  const factor = before?.kind === 'container' ? containerLead / lead : containerLead;
  const isContainer = container !== null && container[1] > (process?.[1] ?? 0) * factor;
  const found = isContainer ? container : process;
  if (!found) return null;
  const [key, figure] = found;
  const least = Math.max(figureMin[resource], shareMin[resource] * usedByAll(inputs, resource, processes));
  if (figure < least) return null;
  return { name: key.split('\n')[0] ?? key, kind: isContainer ? 'container' : 'process', figure, resource };
}
