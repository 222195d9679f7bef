import type { RunningServer } from './server';

export interface Logged {
  readonly id: string;
  readonly data: Record<string, unknown>;
}

/** What the log has of these types, with commas between them, up to and with `lastId`. */
export async function logOf({ url }: RunningServer, types: string, lastId: string): Promise<Logged[]> {
  const stop = new AbortController();
  const from = `${lastId.split('-')[0]}-0`;
  const answer = await fetch(`${url}/api/events?types=${types}&lastEventId=${from}`, { signal: stop.signal });
  const found: Logged[] = [];
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.lastIndexOf('\n\n');
    if (end === -1) continue;
    for (const block of text.slice(0, end).split('\n\n')) {
      const [, data, id] = /^data: (.*)\nid: (\S+)$/m.exec(block) ?? [];
      if (id && data) found.push({ id, data: JSON.parse(data) });
    }
    text = text.slice(end + 2);
    if (found.some(({ id }) => id === lastId)) break;
  }
  stop.abort();
  return found;
}
