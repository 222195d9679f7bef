import { z } from 'zod';
import { loggedTypes } from '@/lib/protocol/event-types';
import { badQuery, ok, parseQuery, type Result } from '@/lib/protocol/result';

const listedMax = 64;
const idLengthMax = 64;

const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ''), 'takes names with commas between them')
  .refine((items) => items.length <= listedMax, `takes at most ${listedMax} names`);

/** The feed's query parameters. */
const feedQuerySchema = z.object({
  types: list.optional(),
  hosts: list.optional(),
  window: z
    .string()
    .regex(/^\d{1,4}$/, 'takes a whole number of seconds from 0 to 3600')
    .transform(Number)
    .refine((seconds) => seconds <= 3600, 'takes at most 3600 seconds')
    .optional(),
  // An EventSource gives up after a 400, so an invalid position is answered with a gap instead.
  lastEventId: z
    .string()
    .transform((text) => text.slice(0, idLengthMax))
    .optional(),
});

/** A client's request for the feed. */
export interface FeedRequest {
  readonly types: ReadonlySet<string> | null;
  readonly hosts: ReadonlySet<string> | null;
  readonly windowSeconds: number;
  /** As sent; empty when the client has no position yet. */
  readonly lastEventId: string;
  /** Ends with the newest event and its position. */
  readonly once?: boolean;
}

/**
 * Parses the query and the `Last-Event-ID` header, which wins over the query's. Other parameters are ignored.
 * `isKnown` returns whether an event type exists.
 */
export function parseFeedQuery(
  query: URLSearchParams,
  lastEventIdHeader: string | null,
  isKnown: (type: string) => boolean,
): Result<FeedRequest> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(feedQuerySchema.shape)) {
    const values = query.getAll(name);
    if (values.length > 0) given[name] = values.join(',');
  }
  if (lastEventIdHeader) given.lastEventId = lastEventIdHeader;
  const parsed = parseQuery(feedQuerySchema, given);
  if (!parsed.ok) return parsed;
  const { types, hosts, window, lastEventId } = parsed.value;
  const unknown = (types ?? []).filter((type) => !isKnown(type));
  if (unknown.length > 0) {
    const known = loggedTypes.join(', ');
    return badQuery(
      unknown.map((type) => ({
        path: 'types',
        message: `no event type "${type.slice(0, 64)}"; there are ${known}, and others once they were published`,
      })),
    );
  }
  return ok({
    types: types ? new Set(types) : null,
    hosts: hosts ? new Set(hosts) : null,
    windowSeconds: window ?? 0,
    lastEventId: lastEventId ?? '',
  });
}
