import { z } from 'zod';
import { isLoggedType, loggedTypes } from '@/lib/events/event-types';
import type { Problem } from '@/lib/events/problem';

const maxListed = 64;

const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ''), 'takes names with commas between them')
  .refine((items) => items.length <= maxListed, `takes at most ${maxListed} names`);

/** The feed's query, as users write it. */
export const feedQuerySchema = z.object({
  types: list
    .transform((names, context) => {
      for (const name of names) {
        if (isLoggedType(name)) continue;
        const known = loggedTypes.join(', ');
        context.addIssue(`no event type "${name.slice(0, 64)}"; there are ${known}`);
      }
      return names.filter(isLoggedType);
    })
    .optional(),
  hosts: list.optional(),
  window: z
    .string()
    .regex(/^\d{1,4}$/, 'takes a whole number of seconds from 0 to 3600')
    .transform(Number)
    .refine((seconds) => seconds <= 3600, 'takes at most 3600 seconds')
    .optional(),
  lastEventId: z.string().max(64, 'is at most 64 characters long').optional(),
});

/** What one client asked of the feed. */
export interface FeedRequest {
  readonly types: ReadonlySet<string> | null;
  readonly hosts: ReadonlySet<string> | null;
  readonly windowSeconds: number;
  /** As sent; empty when the client has no position yet. */
  readonly lastEventId: string;
}

export type FeedQueryResult =
  | { readonly ok: true; readonly request: FeedRequest }
  | { readonly ok: false; readonly problem: Problem };

/** Reads the query and the `Last-Event-ID` header, which wins over the query's. Other parameters are let be. */
export function parseFeedQuery(query: URLSearchParams, lastEventIdHeader: string | null): FeedQueryResult {
  const given: Record<string, string> = {};
  for (const name of Object.keys(feedQuerySchema.shape)) {
    const values = query.getAll(name);
    if (values.length > 0) given[name] = values.join(',');
  }
  if (lastEventIdHeader) given.lastEventId = lastEventIdHeader;
  const parsed = feedQuerySchema.safeParse(given);
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
    return { ok: false, problem: { code: 'bad-query', detail, errors } };
  }
  const { types, hosts, window, lastEventId } = parsed.data;
  return {
    ok: true,
    request: {
      types: types ? new Set(types) : null,
      hosts: hosts ? new Set(hosts) : null,
      windowSeconds: window ?? 0,
      lastEventId: lastEventId ?? '',
    },
  };
}
