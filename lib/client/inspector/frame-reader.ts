/** What the blank line closed: the lines exactly as they came, and what an EventSource makes of them. */
export interface RawFrame {
  /** Without their line breaks, and without the blank line. */
  readonly lines: readonly string[];
  /** With all line breaks. The LF of a CRLF that closes a frame counts with the next one. */
  readonly bytes: number;
  /** False when the stream ended within it: a browser drops it. */
  readonly isComplete: boolean;
  /** True when it is longer than what is kept of one frame. */
  readonly isCut: boolean;
  /** The event type; `null` when there is no data, so that no event comes of it. */
  readonly type: string | null;
  readonly data: string | null;
  /** The last valid `id:`; empty when it resets the position, `null` when there is none. */
  readonly id: string | null;
  readonly retryMs: number | null;
}

export type FieldName = 'retry' | 'id' | 'event' | 'data' | 'comment' | 'unknown';

export interface Field {
  readonly name: FieldName;
  readonly value: string;
}

export interface FrameReader {
  push(chunk: Uint8Array): void;
  /** The stream is over: gives out what is unfinished. */
  end(): void;
}

/** Of one frame; the rest is counted and dropped. */
export const maxFrameBytes = 1_048_576;

const LF = 10;
const CR = 13;
const byteOrderMark = '\uFEFF';
const known: ReadonlySet<string> = new Set(['retry', 'id', 'event', 'data']);

/** A line as the HTML standard splits it: one space after the colon belongs to neither side. */
export function fieldOf(line: string): Field {
  const colon = line.indexOf(':');
  if (colon === 0) return { name: 'comment', value: line.slice(1) };
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  return { name: known.has(name) ? (name as FieldName) : 'unknown', value };
}

/** HTML standard, 9.2.6, "Interpreting an event stream". */
function meaningOf(lines: readonly string[]): Pick<RawFrame, 'type' | 'data' | 'id' | 'retryMs'> {
  let event = '';
  let id: string | null = null;
  let retryMs: number | null = null;
  const data: string[] = [];
  for (const { name, value } of lines.map(fieldOf)) {
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
  }
  const text = data.join('\n');
  // One empty `data` line leaves the buffer with a line break alone, which is dispatched as an empty string.
  return data.length > 0
    ? { type: event || 'message', data: text, id, retryMs }
    : { type: null, data: null, id, retryMs };
}

/** Reads a stream byte by byte, wherever it is cut, and throws nothing: what makes no sense is shown as it is. */
export function createFrameReader(onFrame: (frame: RawFrame) => void): FrameReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let pieces: Uint8Array[] = [];
  let lines: string[] = [];
  let bytes = 0;
  let kept = 0;
  let isCut = false;
  let isAfterCr = false;
  let isFirstLine = true;
  let isBlank = true;

  function keep(piece: Uint8Array): void {
    bytes += piece.length;
    const room = maxFrameBytes - kept;
    if (piece.length > room) isCut = true;
    const part = piece.subarray(0, room);
    if (part.length === 0) return;
    kept += part.length;
    // A copy: the caller may use its buffer again.
    pieces.push(part.slice());
  }

  function takeLine(): string {
    const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let offset = 0;
    for (const piece of pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    pieces = [];
    const text = decoder.decode(whole);
    const line = isFirstLine && text.startsWith(byteOrderMark) ? text.slice(1) : text;
    return line;
  }

  function give(isComplete: boolean): void {
    if (lines.length === 0) return;
    const frame = { lines, bytes, isComplete, isCut, ...meaningOf(lines) };
    lines = [];
    bytes = 0;
    kept = 0;
    isCut = false;
    onFrame(frame);
  }

  function endLine(): void {
    bytes += 1;
    if (isBlank) give(true);
    // Of a line beyond the bound nothing is kept, but it is not a blank one.
    else if (pieces.length > 0) lines.push(takeLine());
    isBlank = true;
    isFirstLine = false;
  }

  return {
    push(chunk) {
      let start = 0;
      for (let index = 0; index < chunk.length; index += 1) {
        const byte = chunk[index];
        if (byte !== LF && byte !== CR) {
          isAfterCr = false;
          isBlank = false;
          continue;
        }
        if (byte === LF && isAfterCr) {
          isAfterCr = false;
          bytes += 1;
        } else {
          keep(chunk.subarray(start, index));
          endLine();
          isAfterCr = byte === CR;
        }
        start = index + 1;
      }
      keep(chunk.subarray(start));
    },
    end() {
      if (pieces.length > 0) lines.push(takeLine());
      give(false);
    },
  };
}
