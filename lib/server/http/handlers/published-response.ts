import { problemResponse } from '@/lib/protocol/problem';
import type { Result } from '@/lib/protocol/result';
import type { Runtime } from '@/lib/server/runtime';
import type { PublishedIds } from './publish';

/** The answer to whoever publishes: 201 with the ids, also when an earlier request had put the events here. */
export function publishedResponse(
  { publishers, peerOf }: Pick<Runtime, 'publishers' | 'peerOf'>,
  request: Request,
  result: Result<PublishedIds>,
): Response {
  const response = result.ok
    ? Response.json({ ids: result.value.ids }, { status: 201, headers: { 'Cache-Control': 'no-store' } })
    : problemResponse(result.problem);
  if (result.ok && result.value.isRepeat) response.headers.set('Idempotency-Replayed', 'true');
  for (const [name, value] of Object.entries(publishers.headers(peerOf(request.headers))))
    response.headers.set(name, value);
  return response;
}
