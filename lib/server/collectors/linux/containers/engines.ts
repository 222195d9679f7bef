import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { askEngine, type EngineContainer } from './engine';

export interface Engines {
  /**
   * The engines' last answers, by container; `null` where none answers. They are queried when that is due, and at
   * once for the sake of an id among those that run which none has named yet. Never rejects.
   */
  containers(runningIds: readonly string[]): Promise<ReadonlyMap<string, EngineContainer> | null>;
}

export interface EnginesOptions {
  /** Where the machine's `/` is; `null` when out of reach: then there are no sockets. */
  readonly rootfsPath: string | null;
  readonly clock: Clock;
  readonly ask?: typeof askEngine;
}

const refreshMs = 10_000;
/** Podman's service is started by the question and ends 5 s after it: once a minute is kinder. */
const podmanRefreshMs = 60_000;
/** A socket that may not be asked, or does not answer, is left alone for so long; so is looking for sockets. */
const backoffMs = 60_000;
const usersMax = 20;

interface Engine {
  readonly path: string;
  dueAtMs: number;
  containers: readonly EngineContainer[] | null;
}

/** The engines whose sockets are on the machine: Docker and Podman, of root and of users. */
export function openEngines({ rootfsPath, clock, ask = askEngine }: EnginesOptions): Engines {
  const engines = new Map<string, Engine>();
  let searchAtMs = rootfsPath === null ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  /** Ids that some engine was asked for without having named them: another's, such as of a Kubernetes node. */
  let foreign = new Set<string>();

  async function findSockets(root: string): Promise<void> {
    searchAtMs = clock.monotonicMs() + backoffMs;
    for (const path of await socketPaths(root)) {
      const isThere = await stat(path).then(
        (found) => found.isSocket(),
        () => false,
      );
      if (!isThere) engines.delete(path);
      else if (!engines.has(path)) {
        engines.set(path, { path, dueAtMs: Number.NEGATIVE_INFINITY, containers: null });
      }
    }
  }

  async function refresh(engine: Engine): Promise<void> {
    const atMs = clock.monotonicMs();
    const pauseMs = engine.path.endsWith('podman.sock') ? podmanRefreshMs : refreshMs;
    // Not again while this question is open.
    engine.dueAtMs = Number.POSITIVE_INFINITY;
    engine.containers = await ask(engine.path).catch(() => null);
    engine.dueAtMs = atMs + (engine.containers ? pauseMs : backoffMs);
  }

  const known = () =>
    new Map([...engines.values()].flatMap(({ containers }) => containers ?? []).map((one) => [one.id, one]));

  return {
    async containers(runningIds) {
      if (rootfsPath !== null && clock.monotonicMs() >= searchAtMs) await findSockets(rootfsPath);
      const all = [...engines.values()];
      const before = known();
      const hasNew = runningIds.some((id) => !before.has(id) && !foreign.has(id));
      const isDue = ({ dueAtMs, containers }: Engine) =>
        clock.monotonicMs() >= dueAtMs || (hasNew && containers !== null);
      await Promise.all(all.filter(isDue).map(refresh));
      const containers = known();
      foreign = new Set(runningIds.filter((id) => !containers.has(id)));
      return all.every(({ containers }) => containers === null) ? null : containers;
    },
  };
}

async function socketPaths(root: string): Promise<string[]> {
  const users = await readdir(join(root, 'run/user')).catch(() => []);
  const runs = ['run', ...users.slice(0, usersMax).map((user) => `run/user/${user}`)];
  return runs.flatMap((run) => [join(root, run, 'docker.sock'), join(root, run, 'podman/podman.sock')]);
}
