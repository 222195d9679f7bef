import { formatEventId } from '@/lib/protocol/event-id';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { encodeEvent } from './encode';

const encoder = new TextEncoder();

/** An event's bytes on the wire, with its id in the log `logId`. */
export function encodeLoggedEvent(logId: string, { seq, type, json }: LoggedEvent): Uint8Array {
  return encoder.encode(encodeEvent({ id: formatEventId(logId, seq), event: type, data: json }));
}

/**
 * Encodes each event once for all subscriptions. The newest `maxBytes` are cached: some minutes of one host. Older
 * events are cached page by page in `pages.ts` while streams read them.
 */
export function openEventEncoder(
  log: { readonly id: string },
  maxBytes: number,
): (event: LoggedEvent) => Uint8Array {
  const cached = new Map<number, Uint8Array>();
  let size = 0;
  let logId = log.id;

  function evictOldest(): void {
    for (const [seq, bytes] of cached) {
      if (size <= maxBytes) return;
      cached.delete(seq);
      size -= bytes.length;
    }
  }

  return (event) => {
    if (logId !== log.id) {
      logId = log.id;
      cached.clear();
      size = 0;
    }
    const known = cached.get(event.seq);
    if (known) return known;
    const bytes = encodeLoggedEvent(logId, event);
    cached.set(event.seq, bytes);
    size += bytes.length;
    evictOldest();
    return bytes;
  };
}
