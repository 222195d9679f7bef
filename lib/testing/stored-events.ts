import type { LoggedEvent } from '@/lib/server/event-log/event-log';

/** Events as a log would hold them; for tests. */
export const startT = 1_795_386_000_000;

export interface TickOptions {
  readonly seq: number;
  readonly t: number;
  readonly host?: string;
}

function event(type: string, { seq, t, host = 'atlas' }: TickOptions, payload: object): LoggedEvent {
  return { seq, t, host, type, json: JSON.stringify({ t, host, ...payload }) };
}

export function cpu(options: TickOptions, totalPercent: number | null): LoggedEvent {
  return event('cpu', options, { totalPercent, cores: [] });
}

export function memory(options: TickOptions, usedPercent: number | null): LoggedEvent {
  return event('memory', options, { totalBytes: 100, usedBytes: usedPercent });
}

export function sensor(
  options: TickOptions,
  id: string,
  value: number | null,
  rest: { kind?: string; high?: number | null; critical?: number | null } = {},
): LoggedEvent {
  return event('sensor-data', options, {
    sensors: [{ id, label: id, kind: 'temperature', unit: '°C', high: null, critical: null, value, ...rest }],
  });
}

export function filesystem(options: TickOptions, usedPercent: number, readOnly = false): LoggedEvent {
  return event('filesystem', options, {
    mounts: [{ mount: '/', usedBytes: usedPercent, availableBytes: 100 - usedPercent, readOnly }],
  });
}

export function login(options: TickOptions, from: string | null, origin?: 'published'): LoggedEvent {
  return event('user-login', options, { user: 'ada', terminal: null, from, ...(origin && { origin }) });
}
