import { type Frame, feedPath, liveSpanSeconds } from './frame';

/** The feed's last minutes up to now, or all since a position; `null` where they cannot be had at once. */
export type FetchRecent = (
  types: readonly string[],
  signal: AbortSignal,
  position?: string,
  path?: string,
) => Promise<readonly Frame[] | null>;

/** The feed has them too, only at greater length. */
const timeoutMs = 4_000;

/** In one compressed answer: the feed itself is never compressed, and ten times as long. */
export const fetchRecent: FetchRecent = async (types, signal, position = '', path = feedPath) => {
  const giveUp = new AbortController();
  const late = setTimeout(() => giveUp.abort(), timeoutMs);
  signal.addEventListener('abort', () => giveUp.abort());
  try {
    const from = position ? { lastEventId: position } : { window: String(liveSpanSeconds) };
    const query = new URLSearchParams({ types: types.join(','), ...from });
    const answer = await fetch(`${path}/recent?${query}`, { cache: 'no-store', signal: giveUp.signal });
    return answer.ok ? framesOf(await answer.text()) : null;
  } catch {
    return null;
  } finally {
    clearTimeout(late);
  }
};

/** The events of the feed's text, as Hostbeat writes it: one line a field. What is cut off at the end is none. */
export function framesOf(text: string): Frame[] {
  const blocks = text.split('\n\n');
  blocks.pop();
  return blocks.flatMap((block) => {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(': ');
      fields.set(line.slice(0, colon), line.slice(colon + 2));
    }
    const data = fields.get('data');
    return data === undefined ? [] : [[fields.get('event') ?? 'message', data, fields.get('id') ?? '', 0]];
  });
}
