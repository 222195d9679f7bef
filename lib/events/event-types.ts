import type { Cpu, Gap, Heartbeat, Hello, Memory } from './payloads';

/** Every event type that the log can hold, and its payload. */
export interface LoggedPayloads {
  cpu: Cpu;
  memory: Memory;
}

/** What the feed itself says; never in the log. */
export interface ControlPayloads {
  hello: Hello;
  heartbeat: Heartbeat;
  gap: Gap;
}

export type LoggedType = keyof LoggedPayloads;
export type FeedPayloads = LoggedPayloads & ControlPayloads;
export type FeedType = keyof FeedPayloads;

export const loggedTypes = ['cpu', 'memory'] as const satisfies readonly LoggedType[];
export function isLoggedType(name: string): name is LoggedType {
  return (loggedTypes as readonly string[]).includes(name);
}
