import { type FieldName, fieldOf, type RawFrame } from './frame-reader';
import type { IdCheckResult } from './id-check';

/** What a line of the log is; what is not a field of the protocol belongs to the exchange around it. */
export type LineKind = FieldName | 'blank' | 'incomplete' | 'request' | 'position' | 'response' | 'ended';

export interface Line {
  readonly kind: LineKind;
  /** Verbatim. */
  readonly text: string;
}

export type EndReason = 'cut' | 'ended' | 'broken' | 'refused' | 'changed';

interface Placed {
  /** Rises by one from entry to entry. */
  readonly key: number;
  /** The number of the connection, from 1. */
  readonly connection: number;
  /** Unix ms by this browser's clock. */
  readonly arrivedAt: number;
  readonly lines: readonly Line[];
}

export interface FrameEntry extends Placed {
  readonly frame: RawFrame;
  /** By this one filters: the event type, or what the frame is instead. */
  readonly type: string;
  readonly idCheck: IdCheckResult;
  readonly isReplay: boolean;
  /** From the host's stamp to arrival; `null` where that is unknown. */
  readonly latencyMs: number | null;
}

/** A step of the exchange: the request, the answer's head, the end. */
export interface MarkEntry extends Placed {
  readonly frame: null;
  readonly type: null;
  /** Of the end of a connection. */
  readonly end: { readonly reason: EndReason; readonly retryMs: number | null } | null;
}

export type Entry = FrameEntry | MarkEntry;

/** Frames without an event, named for the filter. */
export const quietKinds = ['comment', 'retry', 'other'] as const;

export function typeOfFrame(frame: RawFrame): string {
  if (frame.type !== null) return frame.type;
  if (frame.retryMs !== null) return 'retry';
  return frame.lines.every((line) => fieldOf(line).name === 'comment') ? 'comment' : 'other';
}

export function linesOfFrame(frame: RawFrame): readonly Line[] {
  const lines = frame.lines.map((text): Line => ({ kind: fieldOf(text).name, text }));
  return [...lines, { kind: frame.isComplete ? 'blank' : 'incomplete', text: '' }];
}

export interface EntryList {
  readonly all: readonly Entry[];
  /** Frames so far by type, those that are gone from the list included. */
  readonly counts: ReadonlyMap<string, number>;
  readonly frames: number;
  add(entry: Entry): void;
  clear(): void;
}

export const entriesMax = 3_000;
/** Of all frames in the list together. */
export const listedBytesMax = 8_388_608;

/** The newest entries, bounded in number and size; the oldest go first. */
export function createEntryList(): EntryList {
  let entries: Entry[] = [];
  let first = 0;
  let bytes = 0;
  let frames = 0;
  const counts = new Map<string, number>();
  const sizeOf = (entry: Entry | undefined) => entry?.frame?.bytes ?? 0;

  return {
    get all() {
      if (first > 0) entries = entries.slice(first);
      first = 0;
      return entries;
    },
    counts,
    get frames() {
      return frames;
    },
    add(entry) {
      entries.push(entry);
      bytes += sizeOf(entry);
      if (entry.frame) {
        frames += 1;
        counts.set(entry.type, (counts.get(entry.type) ?? 0) + 1);
      }
      while (entries.length - first > entriesMax || (bytes > listedBytesMax && entries.length - first > 1)) {
        bytes -= sizeOf(entries[first]);
        first += 1;
      }
      // Not at each one: shifting thousands costs more than skipping them.
      if (first > entriesMax) {
        entries = entries.slice(first);
        first = 0;
      }
    },
    clear() {
      entries = [];
      first = 0;
      bytes = 0;
      frames = 0;
      counts.clear();
    },
  };
}
