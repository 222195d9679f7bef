import type { Severity } from '@/lib/protocol/alerting';

export const spans = { any: null, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;
export type Span = keyof typeof spans;

/** What the reader wants to see; empty lists and texts stand for all. */
export interface LogFilters {
  readonly types: readonly string[];
  readonly severities: readonly Severity[];
  readonly text: string;
  readonly span: Span;
}

export const noFilters: LogFilters = { types: [], severities: [], text: '', span: 'any' };

export const isFiltered = ({ types, severities, text, span }: LogFilters) =>
  types.length > 0 || severities.length > 0 || text !== '' || span !== 'any';

/** The filters as a page's address has them. */
export function filtersOf(query: URLSearchParams): LogFilters {
  const list = (name: string) => (query.get(name) ?? '').split(',').filter(Boolean);
  const span = query.get('span') ?? 'any';
  return {
    types: list('types'),
    severities: list('severities').filter((one): one is Severity =>
      ['info', 'warning', 'critical'].includes(one),
    ),
    text: query.get('text') ?? '',
    span: Object.hasOwn(spans, span) ? (span as Span) : 'any',
  };
}

/** The same, for a page's address. */
export function addressOf({ types, severities, text, span }: LogFilters): string {
  const query = new URLSearchParams();
  if (types.length > 0) query.set('types', types.join(','));
  if (severities.length > 0) query.set('severities', severities.join(','));
  if (text !== '') query.set('text', text);
  if (span !== 'any') query.set('span', span);
  return query.toString().replaceAll('%2C', ',');
}

/** As `GET /api/events/log` takes them; `now` is Unix ms. */
export function searchOf({ types, severities, text, span }: LogFilters, now: number): URLSearchParams {
  const query = new URLSearchParams({ limit: '100' });
  if (types.length > 0) query.set('types', types.join(','));
  if (severities.length > 0) query.set('severities', severities.join(','));
  if (text !== '') query.set('text', text);
  const ms = spans[span];
  if (ms !== null) query.set('from', String(Math.round(now - ms)));
  return query;
}
