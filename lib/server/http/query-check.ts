import type { Problem } from '@/lib/protocol/problem';

const range = ['from', 'to', 'host'];

/**
 * The query parameters of each address of the API; `null` where others are let be. Feed and health are asked by programs
 * that add some of their own (libraries for event streams, monitors against caches), and would take a refusal for final;
 * a sensor's are checked with its body.
 */
const parameters: Readonly<Record<string, readonly string[] | null>> = {
  '/api/alerts': ['state', 'limit', 'offset'],
  '/api/alerts/:id': [],
  '/api/alerts/:id/acknowledge': [],
  '/api/alerts/rules': [],
  '/api/alerts/rules/:id': [],
  '/api/alerts/rules/preview': [],
  '/api/alerts/silences': [],
  '/api/alerts/silences/:id': [],
  '/api/events': null,
  '/api/events/log': ['types', 'severities', 'text', 'alertId', 'from', 'to', 'after', 'before', 'limit'],
  '/api/events/recent': null,
  '/api/health': null,
  '/api/history': [...range, 'metric', 'points'],
  '/api/history.csv': [...range, 'metric', 'points'],
  '/api/history/export.html': ['from', 'to', 'lang'],
  '/api/history/gaps': range,
  '/api/metrics': ['host'],
  '/api/notifications/channels': [],
  '/api/notifications/channels/:id': [],
  '/api/notifications/channels/:id/test': [],
  '/api/notifications/dead': [],
  '/api/notifications/dead/:id': [],
  '/api/notifications/dead/:id/retry': [],
  '/api/notifications/push-key': [],
  '/api/sensors/:id': null,
};

const errorsMax = 10;

/** By how many parts there are; a fixed part is found before one that may be anything. */
const routes = Object.entries(parameters)
  .map(([route, names]) => ({ parts: route.split('/'), names }))
  .sort((one, other) => variables(one.parts) - variables(other.parts));

function variables(parts: readonly string[]): number {
  return parts.filter((part) => part === ':id').length;
}

/** The query parameters of an address; `null` where all are accepted or there is no such address. */
export function parametersOf(path: string): readonly string[] | null {
  const asked = path.split('/');
  const found = routes.find(
    ({ parts }) =>
      parts.length === asked.length && parts.every((part, at) => part === ':id' || part === asked[at]),
  );
  return found?.names ?? null;
}

/** Refuses parameters that an address does not have; the path is valid. An ignored parameter would seem to have had its effect. */
export function checkQuery(url: string): Problem | null {
  const at = url.indexOf('?');
  if (at < 0) return null;
  const names = parametersOf(decodeURIComponent(url.slice(0, at)));
  if (!names) return null;
  const unknown = [...new Set(new URLSearchParams(url.slice(at + 1)).keys())].filter(
    (name) => !names.includes(name),
  );
  if (unknown.length === 0) return null;
  const message =
    names.length > 0 ? `is none of ${names.join(', ')}` : 'is not known: there are no parameters here';
  const errors = unknown.slice(0, errorsMax).map((name) => ({ path: name.slice(0, 64), message }));
  return { code: 'bad-query', detail: errors.map(({ path }) => `${path} ${message}`).join('; '), errors };
}
