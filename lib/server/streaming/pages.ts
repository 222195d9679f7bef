import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { type ByteBudget, openByteBudget } from './byte-budget';
import { encodeLogged } from './encodings';

/** A run of the log as it was read, for selections to pick from. */
export interface Page {
  readonly events: readonly LoggedEvent[];
  /** The index of the first event that is asked for. */
  readonly first: number;
  /** The bytes of the event at `index`. */
  encoded(index: number): Uint8Array;
}

/**
 * The past that several streams read at once: a run is read, decoded and encoded once for all selections. Streams
 * that began at different places meet at the ends of the runs.
 */
export interface Pages {
  /** What the log holds after `afterSeq`, from a run that is kept or from the log. */
  after(afterSeq: number): Page | Promise<Page>;
  /** Lets go of the runs that nobody has asked for since the last call. */
  sweep(): void;
  /** Lets go of everything. */
  clear(): void;
}

interface Kept {
  /** The log's id, which is in the bytes. */
  readonly logId: string;
  readonly afterSeq: number;
  readonly toSeq: number;
  readonly events: readonly LoggedEvent[];
  readonly bytes: (Uint8Array | undefined)[];
  readonly release: () => void;
  isUsed: boolean;
}

/** Events of a run. */
export const pageEvents = 256;
const defaultMaxBytes = 16 * 1024 * 1024;
/** A payload is kept as text and as bytes. */
const bytesPerCharacter = 2;

export interface PagesOptions {
  readonly log: EventLog;
  /** An event's bytes where no run is kept: near the head. */
  readonly encode: (event: LoggedEvent) => Uint8Array;
  /** What all kept runs may take. Default 16 MiB. */
  readonly maxBytes?: number;
}

export function openPages({ log, encode, maxBytes = defaultMaxBytes }: PagesOptions): Pages {
  const kept = new Set<Kept>();
  const budget: ByteBudget = openByteBudget(maxBytes);

  function keep(afterSeq: number, events: readonly LoggedEvent[]): Kept {
    const size = events.reduce((sum, { json }) => sum + json.length * bytesPerCharacter, 0);
    const run: Kept = {
      logId: log.id,
      afterSeq,
      toSeq: afterSeq + events.length,
      events,
      bytes: new Array(events.length),
      release: budget.add(size, () => kept.delete(run)),
      isUsed: true,
    };
    kept.add(run);
    return run;
  }

  function pageOf(run: Kept, from: number): Page {
    const { logId, afterSeq, events, bytes } = run;
    run.isUsed = true;
    return {
      events,
      first: from - afterSeq,
      encoded(index) {
        const known = bytes[index];
        if (known) return known;
        const made = encodeLogged(logId, events[index] as LoggedEvent);
        bytes[index] = made;
        return made;
      },
    };
  }

  function drop(run: Kept): void {
    run.release();
    kept.delete(run);
  }

  function read(events: readonly LoggedEvent[], afterSeq: number): Page {
    const isWhole = events.length === pageEvents && events.at(-1)?.seq === afterSeq + pageEvents;
    // Only a whole run without a gap stays what it is. The rest is read again, since it may grow or be mended.
    if (isWhole) return pageOf(keep(afterSeq, events), afterSeq);
    return { events, first: 0, encoded: (index) => encode(events[index] as LoggedEvent) };
  }

  return {
    after(afterSeq) {
      for (const run of kept) {
        if (run.logId !== log.id) drop(run);
        else if (run.afterSeq <= afterSeq && afterSeq < run.toSeq) return pageOf(run, afterSeq);
      }
      const events = log.read(afterSeq, pageEvents);
      return events instanceof Promise ? events.then((late) => read(late, afterSeq)) : read(events, afterSeq);
    },
    sweep() {
      for (const run of kept) {
        if (!run.isUsed) drop(run);
        run.isUsed = false;
      }
    },
    clear() {
      for (const run of kept) drop(run);
    },
  };
}
