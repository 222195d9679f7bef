import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Runtime } from '@/lib/server/runtime';
import { healthFor } from '../health-access';

const healthPath = /^\/api\/health(?:\?|$)/;

/**
 * Answers `GET /api/health` before Next.js and its gate, so that whoever looks after Hostbeat has an answer while it has
 * much to do; the route handler remains the definition. Returns false for any other request.
 */
export function serveHealth(runtime: Runtime, incoming: IncomingMessage, answer: ServerResponse): boolean {
  const { method, url = '', headers } = incoming;
  if ((method !== 'GET' && method !== 'HEAD') || !healthPath.test(url)) return false;
  const names = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const health = healthFor(runtime, new Headers(names));
  const body = JSON.stringify(health);
  answer.writeHead(health.status === 'ok' ? 200 : 503, {
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  answer.end(method === 'HEAD' ? undefined : body);
  return true;
}
