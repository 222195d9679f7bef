import type { TimeRange } from '@/lib/charts/time-axis';
import { request } from '@/lib/client/http';
import type { LogEvent, LogPage } from '@/lib/protocol/log-event';
import type { Gap } from './annotation';

export interface Found {
  /** The newest first. */
  readonly events: readonly LogEvent[];
  readonly gaps: readonly Gap[];
  /** Whether there are older ones that were not asked for. */
  readonly isCut: boolean;
}

const pageEventsMax = 500;
/** More could not be distinguished on any screen, and each page of them is work for the server. */
const pages = 4;

/** What happened in a stretch of time, and where nothing is known; `null` when the server does not answer. */
export async function readAnnotations({ from, to }: TimeRange, signal: AbortSignal): Promise<Found | null> {
  const query = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)) });
  const asksGaps = request<{ items: readonly Gap[] }>(`/api/history/gaps?${query}`, { signal });
  const events: LogEvent[] = [];
  query.set('limit', String(pageEventsMax));
  let isCut = false;
  for (let page = 0; page < pages; page += 1) {
    const found = await request<LogPage>(`/api/events/log?${query}`, { signal });
    if (!found.ok) return null;
    events.push(...found.value.items);
    isCut = found.value.before !== null;
    if (found.value.before === null) break;
    query.set('before', found.value.before);
  }
  const gaps = await asksGaps;
  return { events, gaps: gaps.ok ? gaps.value.items : [], isCut };
}
