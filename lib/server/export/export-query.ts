import { z } from 'zod';
import { type Locale, locales, negotiateLocale } from '@/lib/i18n/locales';
import type { Problem, ProblemError } from '@/lib/protocol/problem';
import { queryByName } from '@/lib/protocol/query';
import { earliestMoment } from '@/lib/protocol/time-expression';
import { momentSchema } from '@/lib/protocol/time-schema';

const minute = 60_000;
const defaultRangeMs = 15 * minute;
export const longestRangeMs = 24 * 60 * minute;
const schema = z.object({
  from: momentSchema.optional(),
  to: momentSchema.optional(),
  lang: z.enum(locales, { error: `takes ${locales.join(' or ')}` }).optional(),
});

export interface ExportQuery {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
  readonly lang: Locale;
}

export type ExportQueryResult =
  | { readonly ok: true; readonly query: ExportQuery }
  | { readonly ok: false; readonly problem: Problem };

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
): ExportQueryResult {
  const parsed = schema.safeParse(queryByName(search));
  if (!parsed.success)
    return refusal(
      parsed.error.issues.map(({ path, message }) => ({ path: String(path[0] ?? 'query'), message })),
    );
  const asked = parsed.data;
  const to = Math.min(asked.to?.(now) ?? now, now);
  const from = asked.from?.(now) ?? to - defaultRangeMs;
  const refuse = (message: string) => refusal([{ path: 'from', message }]);
  if (from > now) return refuse('lies in the future');
  if (from >= to) return refuse('must be before to');
  if (from < earliestMoment) return refuse('lies before anything that can have been measured');
  if (to - from > longestRangeMs) return refuse('and to are more than 24 hours apart, the most for one file');
  return { ok: true, query: { from, to, lang: asked.lang ?? chosen ?? negotiateLocale(acceptLanguage) } };
}

function refusal(errors: readonly ProblemError[]): ExportQueryResult {
  const detail = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  return { ok: false, problem: { code: 'bad-query', detail, errors } };
}
