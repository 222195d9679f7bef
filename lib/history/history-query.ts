import { z } from 'zod';
import type { Problem } from '@/lib/events/problem';
import type { SeriesQuery } from './history';

const maxMetrics = 24;
const maxPoints = 5_000;
const defaultPoints = 500;
const defaultRangeMs = 3_600_000;
/** Nothing that this program has measured is older than this. */
const earliest = Date.UTC(2020, 0, 1);

const moment = z
  .string()
  .regex(/^\d{1,15}$/, 'takes a moment in Unix milliseconds')
  .transform(Number);

const querySchema = z.object({
  metric: z
    .array(z.string().min(1).max(256))
    .min(1, 'is needed: a name such as cpu.totalPercent')
    .max(maxMetrics, `takes at most ${maxMetrics} names`),
  from: moment.optional(),
  to: moment.optional(),
  points: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, `takes a whole number from 1 to ${maxPoints}`)
    .transform(Number)
    .refine((points) => points <= maxPoints, `takes a whole number from 1 to ${maxPoints}`)
    .default(defaultPoints),
  host: z.string().min(1).max(64).optional(),
});

export interface QueryContext {
  /** Unix ms. */
  readonly now: number;
  /** The host that is meant when none is named. */
  readonly host: string;
  readonly knows: (host: string, metric: string) => boolean;
}

export type HistoryQueryResult =
  | { readonly ok: true; readonly query: SeriesQuery }
  | { readonly ok: false; readonly problem: Problem };

/** Reads the query of `GET /api/history`. The last hour is asked for when no range is; `to` is now at the latest. */
export function parseHistoryQuery(
  search: URLSearchParams,
  { now, host, knows }: QueryContext,
): HistoryQueryResult {
  const given = Object.fromEntries([...search].filter(([name]) => name !== 'metric'));
  const parsed = querySchema.safeParse({ ...given, metric: search.getAll('metric') });
  if (!parsed.success) {
    return refusal(parsed.error.issues.map(({ path, message }) => [String(path[0]), message]));
  }
  const { metric: metrics, points } = parsed.data;
  const asked = parsed.data.host ?? host;
  const to = Math.min(parsed.data.to ?? now, now);
  const from = parsed.data.from ?? to - defaultRangeMs;
  if (from > now) return refusal([['from', 'lies in the future']]);
  if (from >= (parsed.data.to ?? now)) return refusal([['from', 'must be before to']]);
  if (from < earliest) return refusal([['from', 'lies before anything that can have been measured']]);
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

function refusal(found: readonly (readonly [path: string, message: string])[]): HistoryQueryResult {
  const errors = found.map(([path, message]) => ({ path, message }));
  const detail = found.map(([path, message]) => `${path} ${message}`).join('; ');
  return { ok: false, problem: { code: 'bad-query', detail, errors } };
}
