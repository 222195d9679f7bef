import { z } from 'zod';
import { metricsPerQueryMax } from '@/lib/protocol/limits';
import type { ProblemError } from '@/lib/protocol/problem';
import { queryByName } from '@/lib/protocol/query';
import { badQuery, ok, parseQuery, type Result } from '@/lib/protocol/result';
import { earliestTime, type MomentAt } from '@/lib/protocol/time-expression';
import { timeSchema } from '@/lib/protocol/time-schema';
import type { SeriesQuery } from './history';

const pointsMax = 5_000;
const defaultPoints = 500;
const defaultRangeMs = 3_600_000;
const metricNeeded = 'is needed: a name such as cpu.totalPercent';

const range = {
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  host: z.string().min(1).max(64).optional(),
};

const gapsSchema = z.object(range);

const querySchema = z.object({
  ...range,
  metric: z
    .array(z.string().min(1, metricNeeded).max(256, 'takes names of at most 256 characters'))
    .min(1, metricNeeded)
    .max(metricsPerQueryMax, `takes at most ${metricsPerQueryMax} names`),
  points: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, `takes a whole number from 1 to ${pointsMax}`)
    .transform(Number)
    .refine((points) => points <= pointsMax, `takes a whole number from 1 to ${pointsMax}`)
    .default(defaultPoints),
});

export interface QueryContext {
  /** Unix ms. */
  readonly now: number;
  /** The host that is meant when none is named. */
  readonly host: string;
  readonly knows: (host: string, metric: string) => boolean;
}

export interface GapsQuery {
  readonly host: string;
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
}

/** Reads the query of `GET /api/history`. The last hour is asked for when no range is; `to` is now at the latest. */
export function parseHistoryQuery(
  search: URLSearchParams,
  { now, host, knows }: QueryContext,
): Result<SeriesQuery> {
  const { metric: _, ...given } = queryByName(search);
  const parsed = parseQuery(querySchema, { ...given, metric: [...new Set(search.getAll('metric'))] });
  if (!parsed.ok) return parsed;
  const { metric: metrics, points } = parsed.value;
  const asked = parsed.value.host ?? host;
  const { from, to, wrong } = rangeOf(parsed.value, now);
  if (wrong) return badQuery([wrong]);
  const unknown = metrics.filter((metric) => !knows(asked, metric));
  if (unknown.length > 0) {
    return badQuery(
      unknown.map((metric) => ({
        path: 'metric',
        message: `there is no "${metric.slice(0, 80)}" of ${asked}; GET /api/metrics lists what there is`,
      })),
    );
  }
  return ok({ host: asked, metrics, from, to, points });
}

/** Reads the query of `GET /api/history/gaps`. */
export function parseGapsQuery(
  search: URLSearchParams,
  {
    now,
    host,
    knowsHost,
  }: Pick<QueryContext, 'now' | 'host'> & { readonly knowsHost: (host: string) => boolean },
): Result<GapsQuery> {
  const parsed = parseQuery(gapsSchema, queryByName(search));
  if (!parsed.ok) return parsed;
  const { from, to, wrong } = rangeOf(parsed.value, now);
  if (wrong) return badQuery([wrong]);
  const asked = parsed.value.host ?? host;
  if (!knowsHost(asked)) return badQuery([{ path: 'host', message: `nothing is known of "${asked}"` }]);
  return ok({ host: asked, from, to });
}

function rangeOf(
  asked: { readonly from?: MomentAt | undefined; readonly to?: MomentAt | undefined },
  now: number,
): { readonly from: number; readonly to: number; readonly wrong: ProblemError | null } {
  const end = asked.to?.(now) ?? now;
  const to = Math.min(end, now);
  const from = asked.from?.(now) ?? to - defaultRangeMs;
  let message: string | null = null;
  if (from > now) message = 'lies in the future';
  else if (from >= end) message = 'must be before to';
  else if (from < earliestTime) message = 'lies before anything that can have been measured';
  return { from, to, wrong: message === null ? null : { path: 'from', message } };
}
