import { problemResponse } from '@/lib/protocol/problem';
import type { Runtime } from '@/lib/server/runtime';
import type { PublishResult } from './publish';

/** The answer to whoever publishes: 201 with the ids, also when an earlier request had put the events here. */
export function publishedResponse(
  { publishers, peerOf }: Pick<Runtime, 'publishers' | 'peerOf'>,
  request: Request,
  result: PublishResult,
): Response {
  const response = result.ok
    ? Response.json({ ids: result.ids }, { status: 201, headers: { 'Cache-Control': 'no-store' } })
    : problemResponse(result.problem);
  if (result.ok && result.isRepeat) response.headers.set('Idempotency-Replayed', 'true');
  for (const [name, value] of Object.entries(publishers.headers(peerOf(request.headers))))
    response.headers.set(name, value);
  return response;
}
