import { z } from 'zod';
import { type Locale, locales, negotiateLocale } from '@/lib/i18n/locales';
import { queryByName } from '@/lib/protocol/query';
import { badQuery, ok, parseQuery, type Result } from '@/lib/protocol/result';
import { earliestTime } from '@/lib/protocol/time-expression';
import { timeSchema } from '@/lib/protocol/time-schema';

const minute = 60_000;
const defaultRangeMs = 15 * minute;
export const rangeMsMax = 24 * 60 * minute;
const schema = z.object({
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  lang: z.enum(locales, { error: `takes ${locales.join(' or ')}` }).optional(),
});

export interface ExportQuery {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
  readonly lang: Locale;
}

export interface ExportContext {
  /** Unix ms. */
  readonly now: number;
  /** The language that the reader has chosen on the dashboard. */
  readonly chosen: Locale | null;
  readonly acceptLanguage: string | null;
}

/**
 * Reads the query of `GET /api/history/export.html`. The last 15 minutes without a range, the last 15 minutes up to `to`
 * without `from`; `to` is now at the latest.
 */
export function parseExportQuery(
  search: URLSearchParams,
  { now, chosen, acceptLanguage }: ExportContext,
): Result<ExportQuery> {
  const parsed = parseQuery(schema, queryByName(search));
  if (!parsed.ok) return parsed;
  const given = parsed.value;
  const to = Math.min(given.to?.(now) ?? now, now);
  const from = given.from?.(now) ?? to - defaultRangeMs;
  const refuse = (message: string) => badQuery([{ path: 'from', message }]);
  if (from > now) return refuse('lies in the future');
  if (from >= to) return refuse('must be before to');
  if (from < earliestTime) return refuse('lies before anything that can have been measured');
  if (to - from > rangeMsMax) return refuse('and to are more than 24 hours apart, the most for one file');
  return ok({ from, to, lang: given.lang ?? chosen ?? negotiateLocale(acceptLanguage) });
}
