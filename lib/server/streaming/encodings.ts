import { formatEventId } from '@/lib/protocol/event-id';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { encodeEvent } from './encode';

const encoder = new TextEncoder();

/** An event's bytes on the wire, with its id in the log `logId`. */
export function encodeLogged(logId: string, { seq, type, json }: LoggedEvent): Uint8Array {
  return encoder.encode(encodeEvent({ id: formatEventId(logId, seq), event: type, data: json }));
}

/**
 * An event's bytes, made once for all selections that let it pass. The newest `maxBytes` are kept: some minutes of
 * one machine. What is older is kept run by run in `pages.ts` while somebody reads it.
 */
export function openEncodings(
  log: { readonly id: string },
  maxBytes: number,
): (event: LoggedEvent) => Uint8Array {
  const kept = new Map<number, Uint8Array>();
  let size = 0;
  let logId = log.id;

  function forgetOldest(): void {
    for (const [seq, bytes] of kept) {
      if (size <= maxBytes) return;
      kept.delete(seq);
      size -= bytes.length;
    }
  }

  return (event) => {
    if (logId !== log.id) {
      logId = log.id;
      kept.clear();
      size = 0;
    }
    const known = kept.get(event.seq);
    if (known) return known;
    const bytes = encodeLogged(logId, event);
    kept.set(event.seq, bytes);
    size += bytes.length;
    forgetOldest();
    return bytes;
  };
}
