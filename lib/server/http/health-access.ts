import { isLoopbackAddress, isLoopbackHost } from '@/lib/server/auth/client-address';
import type { Runtime } from '@/lib/server/runtime';
import type { Health } from './health-report';

/**
 * What a client is told of Hostbeat's health: all of it on this machine, and where the server listens for this machine
 * alone; else the status, since paths and errors are nobody else's business.
 */
export function healthFor(
  runtime: Pick<Runtime, 'config' | 'health' | 'peerOf' | 'isForwarded'>,
  headers: Headers,
): Health | Pick<Health, 'status'> {
  const health = runtime.health();
  const peer = runtime.peerOf(headers);
  const isHere = peer !== null && isLoopbackAddress(peer) && !runtime.isForwarded(headers);
  return isHere || isLoopbackHost(runtime.config.host) ? health : { status: health.status };
}
