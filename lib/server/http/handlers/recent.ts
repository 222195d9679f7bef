import { uncached } from '../cache-control';
import type { StreamRequest } from './feed';

/** Not an event stream, so that it may be compressed, and no client comes back for more when it ends. */
export const pastHeaders: Readonly<Record<string, string>> = {
  ...uncached,
  'Content-Type': 'text/plain; charset=utf-8',
};

const defaultWindowSeconds = '300';

/** A request for what the feed would begin with, up to now. */
export function pastRequest(request: Omit<StreamRequest, 'once'>): StreamRequest {
  const query = new URLSearchParams(request.query);
  if (!query.has('window')) query.set('window', defaultWindowSeconds);
  return { ...request, query, once: true };
}
