import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopbackAddress, isLoopbackHost } from '@/lib/server/auth/client-address';
import type { HttpContext } from '../context';
import type { Health } from '../health-report';

type HealthContext = Pick<HttpContext, 'config' | 'health' | 'peerOf' | 'isForwarded'>;

/**
 * The health that a client may see: all of it on this machine, and where the server listens for this machine alone; else
 * the status, since the rest has paths and errors in it.
 */
export function healthFor(context: HealthContext, headers: Headers): Health | Pick<Health, 'status'> {
  const health = context.health();
  const peer = context.peerOf(headers);
  const isHere = peer !== null && isLoopbackAddress(peer) && !context.isForwarded(headers);
  return isHere || isLoopbackHost(context.config.host) ? health : { status: health.status };
}

/** 200 when all is well, else 503. */
export function healthResponse(context: HealthContext, headers: Headers): Response {
  const health = healthFor(context, headers);
  const status = health.status === 'ok' ? 200 : 503;
  return Response.json(health, { status, headers: { 'Cache-Control': 'no-store' } });
}

const healthPath = /^\/api\/health(?:\?|$)/;

/**
 * Answers `GET /api/health` before Next.js and its queue, so that monitoring gets an answer from a busy Hostbeat, with the
 * same headers and body as `healthResponse`. Returns false for any other request.
 */
export function serveHealth(
  context: HealthContext,
  incoming: IncomingMessage,
  answer: ServerResponse,
): boolean {
  const { method, url = '', headers } = incoming;
  if ((method !== 'GET' && method !== 'HEAD') || !healthPath.test(url)) return false;
  const names = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const health = healthFor(context, new Headers(names));
  const body = JSON.stringify(health);
  answer.writeHead(health.status === 'ok' ? 200 : 503, {
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  answer.end(method === 'HEAD' ? undefined : body);
  return true;
}
