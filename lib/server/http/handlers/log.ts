import { z } from 'zod';
import type { LogPage } from '@/lib/protocol/log-event';
import { severities } from '@/lib/protocol/payloads';
import { queryByName } from '@/lib/protocol/query';
import { ok, parseQuery, type Result } from '@/lib/protocol/result';
import { timeSchema } from '@/lib/protocol/time-schema';
import type { EventLog } from '@/lib/server/event-log/event-log';
import type { Call } from '../context';
import { type LogSearch, searchLog, seqIn } from './log-search';

const limitMax = 500;

const list = z
  .string()
  .max(2_000)
  .transform((text) => text.split(',').map((item) => item.trim()))
  .transform((items) => items.filter((item) => item !== ''));

const querySchema = z.object({
  types: list.optional(),
  severities: list.pipe(z.array(z.enum(severities))).optional(),
  text: z.string().max(200).optional(),
  alertId: z.string().max(128).optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  after: z.string().max(64).optional(),
  before: z.string().max(64).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `takes a whole number from 1 to ${limitMax}`)
    .transform(Number)
    .refine((limit) => limit <= limitMax, `takes at most ${limitMax}`)
    .default(100),
});

/** Reads the query of `GET /api/events/log`. A position of another log is as good as none. */
export function parseLogRequest(log: EventLog, query: URLSearchParams, now = Date.now()): Result<LogSearch> {
  const parsed = parseQuery(querySchema, queryByName(query), ': ');
  if (!parsed.ok) return parsed;
  const { types, severities: asked, text = '', alertId, from, to, after, before, limit } = parsed.value;
  return ok({
    types: types && types.length > 0 ? new Set(types) : null,
    severities: asked && asked.length > 0 ? new Set<string>(asked) : null,
    text: text.trim() === '' ? null : text.trim().toLowerCase(),
    alertId: alertId ?? null,
    from: from?.(now) ?? null,
    to: to?.(now) ?? null,
    after: after === undefined ? null : seqIn(log, after),
    before: before === undefined ? null : seqIn(log, before),
    limit,
  });
}

/** Durable events, the newest first, as far back as they are kept. */
export async function listEvents({ context, query, client }: Call): Promise<Result<LogPage>> {
  const { log, work } = context;
  const asked = parseLogRequest(log, query);
  return asked.ok ? work.search.run(client, (pause) => searchLog(log, asked.value, pause)) : asked;
}
