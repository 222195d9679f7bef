import { formatEventId } from '@/lib/events/event-id';
import type { EventLog, LoggedEvent } from '@/lib/events/event-log';
import { encodeEvent } from './encode';
import type { FeedRequest } from './feed-query';

/** A run of the log as bytes: what passed the filter after one position, and the position behind it. */
export interface Batch {
  /** `null` when nothing of the run passed the filter. */
  readonly bytes: Uint8Array | null;
  readonly toSeq: number;
  /** The seq of the first event that was read; a hole before it shows here. */
  readonly firstSeq: number;
}

const maxBatchEvents = 512;
const maxBatchBytes = 64 * 1024;
/** Positions remembered between two appends: the head, and a crowd that resumes. */
const maxRemembered = 256;

const encoder = new TextEncoder();

/** Everything that clients with the same filter share: an event and a run of events are encoded once for all. */
export interface Selection {
  readonly key: string;
  readonly filtered: boolean;
  /** The run after `afterSeq`; a promise when the log must fetch it. Empty runs have `toSeq === afterSeq`. */
  batchAfter(afterSeq: number): Batch | Promise<Batch>;
  /** Forget the remembered runs: the log has grown. */
  forget(): void;
}

export function selectionKey({ types, hosts }: FeedRequest): string {
  const part = (set: ReadonlySet<string> | null) => (set ? [...set].sort().join(',') : '*');
  return `${part(types)}|${part(hosts)}`;
}

export function openSelection(
  log: EventLog,
  request: FeedRequest,
  encoded: WeakMap<LoggedEvent, Uint8Array>,
): Selection {
  const { types, hosts } = request;
  const remembered = new Map<number, Batch>();

  function encode(event: LoggedEvent): Uint8Array {
    let bytes = encoded.get(event);
    if (!bytes) {
      const id = formatEventId(log.id, event.seq);
      bytes = encoder.encode(encodeEvent({ id, event: event.type, data: event.json }));
      encoded.set(event, bytes);
    }
    return bytes;
  }

  function batchOf(events: readonly LoggedEvent[], afterSeq: number): Batch {
    const parts: Uint8Array[] = [];
    let size = 0;
    let toSeq = afterSeq;
    for (const event of events) {
      const passes = (!types || types.has(event.type)) && (!hosts || hosts.has(event.host));
      const bytes = passes ? encode(event) : null;
      if (bytes && size > 0 && size + bytes.length > maxBatchBytes) break;
      // A hole ends the run, so that the gap is announced where it is.
      if (toSeq !== afterSeq && event.seq !== toSeq + 1) break;
      toSeq = event.seq;
      if (!bytes) continue;
      parts.push(bytes);
      size += bytes.length;
    }
    const firstSeq = events[0]?.seq ?? afterSeq + 1;
    return { bytes: parts.length > 0 ? joined(parts, size) : null, toSeq, firstSeq };
  }

  return {
    key: selectionKey(request),
    filtered: types !== null || hosts !== null,
    forget: () => remembered.clear(),
    batchAfter(afterSeq) {
      const known = remembered.get(afterSeq);
      if (known) return known;
      const events = log.read(afterSeq, maxBatchEvents);
      if (events instanceof Promise) return events.then((late) => batchOf(late, afterSeq));
      const batch = batchOf(events, afterSeq);
      if (remembered.size < maxRemembered) remembered.set(afterSeq, batch);
      return batch;
    },
  };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
