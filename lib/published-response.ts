import { problemResponse } from './events/problem';
import type { PublishResult } from './publish';

/** The answer to whoever publishes: 201 with the ids, also when an earlier request had put the events here. */
export function publishedResponse(result: PublishResult): Response {
  if (!result.ok) return problemResponse(result.problem);
  const headers = {
    'Cache-Control': 'no-store',
    ...(result.isRepeat ? { 'Idempotency-Replayed': 'true' } : {}),
  };
  return Response.json({ ids: result.ids }, { status: 201, headers });
}
