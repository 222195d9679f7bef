import { z } from 'zod';
import type { Problem } from '@/lib/protocol/problem';
import { queryByName } from '@/lib/protocol/query';
import { earliestMoment, type MomentAt } from '@/lib/protocol/time-expression';
import { momentSchema } from '@/lib/protocol/time-schema';
import type { SeriesQuery } from './history';

const maxMetrics = 24;
const maxPoints = 5_000;
const defaultPoints = 500;
const defaultRangeMs = 3_600_000;
const metricNeeded = 'is needed: a name such as cpu.totalPercent';

const range = {
  from: momentSchema.optional(),
  to: momentSchema.optional(),
  host: z.string().min(1).max(64).optional(),
};

const gapsSchema = z.object(range);

const querySchema = z.object({
  ...range,
  metric: z
    .array(z.string().min(1, metricNeeded).max(256, 'takes names of at most 256 characters'))
    .min(1, metricNeeded)
    .max(maxMetrics, `takes at most ${maxMetrics} names`),
  points: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, `takes a whole number from 1 to ${maxPoints}`)
    .transform(Number)
    .refine((points) => points <= maxPoints, `takes a whole number from 1 to ${maxPoints}`)
    .default(defaultPoints),
});

export interface QueryContext {
  /** Unix ms. */
  readonly now: number;
  /** The host that is meant when none is named. */
  readonly host: string;
  readonly knows: (host: string, metric: string) => boolean;
}

interface Refusal {
  readonly ok: false;
  readonly problem: Problem;
}

export type HistoryQueryResult = { readonly ok: true; readonly query: SeriesQuery } | Refusal;

export interface GapsQuery {
  readonly host: string;
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
}

export type GapsQueryResult = { readonly ok: true; readonly query: GapsQuery } | Refusal;

type Wrong = readonly [path: string, message: string];

/** Reads the query of `GET /api/history`. The last hour is asked for when no range is; `to` is now at the latest. */
export function parseHistoryQuery(
  search: URLSearchParams,
  { now, host, knows }: QueryContext,
): HistoryQueryResult {
  const { metric: _, ...given } = queryByName(search);
  const parsed = querySchema.safeParse({ ...given, metric: [...new Set(search.getAll('metric'))] });
  if (!parsed.success) {
    return refusal(wrongIn(parsed.error));
  }
  const { metric: metrics, points } = parsed.data;
  const asked = parsed.data.host ?? host;
  const { from, to, wrong } = rangeOf(parsed.data, now);
  if (wrong) return refusal([wrong]);
  const unknown = metrics.filter((metric) => !knows(asked, metric));
  if (unknown.length > 0) {
    return refusal(
      unknown.map((metric) => [
        'metric',
        `there is no "${metric.slice(0, 80)}" of ${asked}; GET /api/metrics lists what there is`,
      ]),
    );
  }
  return { ok: true, query: { host: asked, metrics, from, to, points } };
}

/** Reads the query of `GET /api/history/gaps`. */
export function parseGapsQuery(
  search: URLSearchParams,
  {
    now,
    host,
    knowsHost,
  }: Pick<QueryContext, 'now' | 'host'> & { readonly knowsHost: (host: string) => boolean },
): GapsQueryResult {
  const parsed = gapsSchema.safeParse(queryByName(search));
  if (!parsed.success) return refusal(wrongIn(parsed.error));
  const { from, to, wrong } = rangeOf(parsed.data, now);
  if (wrong) return refusal([wrong]);
  const asked = parsed.data.host ?? host;
  if (!knowsHost(asked)) return refusal([['host', `nothing is known of "${asked}"`]]);
  return { ok: true, query: { host: asked, from, to } };
}

function rangeOf(
  asked: { readonly from?: MomentAt | undefined; readonly to?: MomentAt | undefined },
  now: number,
): { readonly from: number; readonly to: number; readonly wrong: Wrong | null } {
  const end = asked.to?.(now) ?? now;
  const to = Math.min(end, now);
  const from = asked.from?.(now) ?? to - defaultRangeMs;
  let wrong: Wrong | null = null;
  if (from > now) wrong = ['from', 'lies in the future'];
  else if (from >= end) wrong = ['from', 'must be before to'];
  else if (from < earliestMoment) wrong = ['from', 'lies before anything that can have been measured'];
  return { from, to, wrong };
}

const wrongIn = ({ issues }: z.ZodError): Wrong[] =>
  issues.map(({ path, message }) => [String(path[0]), message]);

function refusal(found: readonly Wrong[]): Refusal {
  const errors = found.map(([path, message]) => ({ path, message }));
  const detail = found.map(([path, message]) => `${path} ${message}`).join('; ');
  return { ok: false, problem: { code: 'bad-query', detail, errors } };
}
