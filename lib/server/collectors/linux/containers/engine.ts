import { request } from 'node:http';
import { deadlineAfter } from '@/lib/protocol/deadline';
import { shownName } from '../procfs/kernel-text';

/** What an engine knows of a container. */
export interface EngineContainer {
  readonly id: string;
  readonly name: string | null;
  readonly image: string | null;
  /** `running`, `exited`, `paused`, … */
  readonly state: string | null;
  /** `healthy`, `unhealthy` or `starting`; `null` without a health check. */
  readonly health: string | null;
}

const timeoutMs = 1_000;
const answerBytesMax = 8 * 1024 * 1024;

/**
 * Asks an engine for its containers, also those that do not run, over its unix socket (Docker Engine API, `ContainerList`;
 * Podman answers alike). Rejects when it cannot be asked, answers otherwise or takes longer than a second.
 */
export function askEngine(socketPath: string): Promise<EngineContainer[]> {
  return new Promise((resolve, reject) => {
    const { signal, clear } = deadlineAfter(timeoutMs);
    const asked = request(
      { socketPath, path: '/containers/json?all=true', headers: { host: 'localhost' }, agent: false, signal },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
          if (text.length > answerBytesMax)
            response.destroy(new Error(`${socketPath} answers at too great length`));
        });
        response.on('error', reject);
        response.on('end', () => {
          const containers = response.statusCode === 200 ? parseContainers(text) : null;
          if (containers) resolve(containers);
          else reject(new Error(`${socketPath} answers ${response.statusCode} without a list of containers`));
        });
      },
    );
    asked.on('error', reject);
    asked.on('close', clear);
    asked.end();
  });
}

/** Reads an engine's list of containers; `null` when it is none. An entry without an id is left out. */
export function parseContainers(text: string): EngineContainer[] | null {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(list)) return null;
  return list.flatMap((entry: unknown) => {
    const id = field(entry, 'Id');
    if (id === null || !/^[0-9a-f]{12,64}$/.test(id)) return [];
    return {
      id,
      name: shown(nameAmong(property(entry, 'Names'))),
      image: shown(field(entry, 'Image')),
      state: shown(field(entry, 'State')?.toLowerCase() ?? null),
      health: healthIn(field(entry, 'Status') ?? ''),
    };
  });
}

/** A container's own name. What has a slash within (`/web/db`) is an alias by which another container knows it. */
function nameAmong(names: unknown): string | null {
  const list = Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
  const plain = list.map((name) => name.replace(/^\//, ''));
  return plain.find((name) => !name.includes('/')) ?? plain[0] ?? null;
}

/** Engines report health in the text of a container's uptime: `Up 3 hours (healthy)`. */
function healthIn(status: string): string | null {
  const [, health] = /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(status) ?? [];
  return health ?? null;
}

const property = (entry: unknown, name: string): unknown =>
  typeof entry === 'object' && entry !== null && Object.hasOwn(entry, name)
    ? (entry as Readonly<Record<string, unknown>>)[name]
    : null;

function field(entry: unknown, name: string): string | null {
  const value = property(entry, name);
  return typeof value === 'string' ? value : null;
}

const shown = (text: string | null) =>
  text ? shownName(Buffer.from(text, 'utf8').toString('latin1')) : null;
