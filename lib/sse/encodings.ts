import { formatEventId } from '@/lib/events/event-id';
import type { LoggedEvent } from '@/lib/events/event-log';
import { encodeEvent } from './encode';

const encoder = new TextEncoder();

/**
 * An event's bytes, made once for all selections that let it pass. The newest `maxBytes` are kept: some
 * minutes of one machine. An older event is encoded again for whoever comes back that late.
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
    const id = formatEventId(logId, event.seq);
    const bytes = encoder.encode(encodeEvent({ id, event: event.type, data: event.json }));
    kept.set(event.seq, bytes);
    size += bytes.length;
    forgetOldest();
    return bytes;
  };
}
