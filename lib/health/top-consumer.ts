import type { Culprit } from './finding';
import type { Evidence } from './inputs';
import { meanScores } from './stable-order';

type Takes = Culprit['takes'];

/** Who takes less than this share of what all take together is not to blame. */
const leastShare: Readonly<Record<Takes, number>> = { cpu: 0.25, memory: 0.15, disk: 0.3 };
/** Percent of a core, bytes, bytes per second. */
const leastFigure: Readonly<Record<Takes, number>> = { cpu: 10, memory: 50e6, disk: 500e3 };
/** A container stands for its processes when it takes so many times more than the foremost of them. */
const containerLead = 1.4;
/** Who was named stays named until another takes so many times more. */
const lead = 1.3;

type Process = NonNullable<Evidence['latest']['processes']>['top'][number];

const value: Readonly<Record<Takes, (process: Process) => number | null>> = {
  cpu: ({ cpuPercent }) => cpuPercent,
  memory: ({ memoryBytes }) => memoryBytes,
  disk: ({ readBytesPerSecond: read, writeBytesPerSecond: write }) =>
    read === null && write === null ? null : (read ?? 0) + (write ?? 0),
};

/**
 * What each takes, by name. Processes of one name are one, but for memory: what they share would be counted for
 * each of them.
 */
function takenByProcesses({ recent, latest }: Evidence, takes: Takes): ReadonlyMap<string, number> {
  const rows = recent.processes ?? (latest.processes ? [latest.processes] : []);
  const keyOf = ({ name, pid }: Process) => (takes === 'memory' ? `${name}\n${pid}` : name);
  return meanScores(rows, ({ top }) => top, keyOf, value[takes]);
}

function takenByContainers({ recent }: Evidence, takes: Takes): ReadonlyMap<string, number> {
  if (takes === 'disk') return new Map();
  return meanScores(
    recent.containers ?? [],
    ({ containers }) => containers,
    ({ name, id }) => name ?? id.slice(0, 12),
    ({ cpuPercent, memoryBytes }) => (takes === 'cpu' ? cpuPercent : memoryBytes),
  );
}

/** All that is taken of it, as far as it is known; for the disk, what the foremost processes take. */
function takenByAll(
  { latest, facts }: Evidence,
  takes: Takes,
  processes: ReadonlyMap<string, number>,
): number {
  const known = [...processes.values()].reduce((sum, figure) => sum + figure, 0);
  if (takes === 'cpu') return (latest.cpu?.totalPercent ?? 0) * (facts.cores ?? 1);
  return takes === 'memory' ? (latest.memory?.usedBytes ?? known) : known;
}

const foremost = (taken: ReadonlyMap<string, number>, before: string | undefined) =>
  [...taken].reduce<readonly [string, number] | null>((high, one) => {
    if (!high) return one;
    const weight = ([name, figure]: readonly [string, number]) =>
      figure * (name.split('\n')[0] === before ? lead : 1);
    return weight(one) > weight(high) ? one : high;
  }, null);

/** Who takes most of what is short; `null` when nobody stands out. `before`: who was named last. */
export function culpritOf(evidence: Evidence, takes: Takes, before: Culprit | null = null): Culprit | null {
  const processes = takenByProcesses(evidence, takes);
  const process = foremost(processes, before?.name);
  const container = foremost(takenByContainers(evidence, takes), before?.name);
  const factor = before?.is === 'container' ? containerLead / lead : containerLead;
  const isContainer = container !== null && container[1] > (process?.[1] ?? 0) * factor;
  const found = isContainer ? container : process;
  if (!found) return null;
  const [key, figure] = found;
  const least = Math.max(leastFigure[takes], leastShare[takes] * takenByAll(evidence, takes, processes));
  if (figure < least) return null;
  return { name: key.split('\n')[0] ?? key, is: isContainer ? 'container' : 'process', figure, takes };
}
