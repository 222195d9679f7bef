import { z } from 'zod';
import { replaySpeeds } from '@/lib/protocol/limits';
import type { ProblemError } from '@/lib/protocol/problem';
import { queryByName } from '@/lib/protocol/query';
import { badQuery, fieldErrors, ok, type Result } from '@/lib/protocol/result';
import { earliestTime } from '@/lib/protocol/time-expression';
import { timeSchema } from '@/lib/protocol/time-schema';
import { type FeedRequest, parseFeedQuery } from '@/lib/server/streaming/feed-query';

export interface ReplayRequest extends FeedRequest {
  /** Unix ms; `to` is exclusive, and `null` is the present. */
  readonly from: number;
  readonly to: number | null;
  readonly speed: number;
}

const speeds = replaySpeeds.map(String);
const schema = z.object({
  from: timeSchema,
  to: timeSchema.optional(),
  speed: z
    .enum(speeds, { error: `takes ${speeds.slice(0, -1).join(', ')} or ${speeds.at(-1)}` })
    .default('1')
    .transform(Number),
});

const names = ['from', 'to', 'speed'] as const;

/** Whether a query of the feed asks for a replay. */
export function asksForReplay(query: URLSearchParams): boolean {
  return names.some((name) => query.has(name));
}

/** Parses such a query. `now` is in Unix ms; `isKnown` returns whether an event type exists. */
export function parseReplayQuery(
  query: URLSearchParams,
  lastEventIdHeader: string | null,
  { now, isKnown }: { readonly now: number; readonly isKnown: (type: string) => boolean },
): Result<ReplayRequest> {
  const feed = parseFeedQuery(query, lastEventIdHeader, isKnown);
  const errors: ProblemError[] = feed.ok ? [] : [...(feed.problem.errors ?? [])];
  const given = names.filter((name) => query.has(name));
  if (!query.has('from')) {
    for (const path of given) errors.push({ path, message: 'needs a from' });
    return badQuery(errors);
  }
  const parsed = schema.safeParse(queryByName(query));
  if (!parsed.success) return badQuery([...errors, ...fieldErrors(parsed.error)]);
  const { speed } = parsed.data;
  const from = parsed.data.from(now);
  const to = parsed.data.to?.(now) ?? null;
  if (from > now) errors.push({ path: 'from', message: 'lies in the future' });
  else if (from < earliestTime)
    errors.push({ path: 'from', message: 'lies before anything that can have been measured' });
  else if (to !== null && to <= from) errors.push({ path: 'to', message: 'must be after from' });
  if (!feed.ok || errors.length > 0) return badQuery(errors);
  return ok({ ...feed.value, from, to, speed });
}
