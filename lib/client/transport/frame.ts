import { parseEventId } from '@/lib/protocol/event-id';

/** One event of the feed as it travels to a page: its text is parsed where it is shown. */
export type Frame = readonly [type: string, data: string, id: string, ageMs: number];

/** `ended`: the server has closed the feed (204). `refused`: it wants another sign-in (401). Both are final. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'ended' | 'refused';

export const feedPath = '/api/events';

/** Seconds that a live chart spans, and that a page has of each type at once. */
export const liveSpanSeconds = 300;

/** A gap that was detected by the client. */
export const localGap: Frame = [
  'gap',
  JSON.stringify({ fromId: null, toId: null, missed: null, reason: 'too-slow' }),
  '',
  0,
];

/** Whether `id` is at or before `position`; `null` when the two are of different logs. */
export function isWithin(id: string, position: string): boolean | null {
  const one = parseEventId(id);
  const other = parseEventId(position);
  return one && other && one.log === other.log ? one.seq <= other.seq : null;
}
