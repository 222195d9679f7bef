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

/** Of one frame; the rest is counted and dropped. */
export const frameBytesMax = 1_048_576;

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

/** Reads a stream byte by byte, wherever it is cut, and throws nothing: invalid lines are reported as they are. */
export class FrameReader {
  readonly #onFrame: (frame: RawFrame) => void;
  readonly #line = new LineBuffer();
  #lines: string[] = [];
  #bytes = 0;
  #isAfterCr = false;
  #isBlank = true;

  constructor(onFrame: (frame: RawFrame) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte !== LF && byte !== CR) {
        this.#isAfterCr = false;
        this.#isBlank = false;
        continue;
      }
      if (byte === LF && this.#isAfterCr) {
        this.#isAfterCr = false;
        this.#bytes += 1;
      } else {
        this.#add(chunk.subarray(start, index));
        this.#endLine();
        this.#isAfterCr = byte === CR;
      }
      start = index + 1;
    }
    this.#add(chunk.subarray(start));
  }

  /** The stream has ended: reports the unfinished frame. */
  end(): void {
    if (!this.#line.isEmpty) this.#lines.push(this.#line.take());
    this.#report(false);
  }

  #add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    this.#line.add(piece);
  }

  #endLine(): void {
    this.#bytes += 1;
    if (this.#isBlank) this.#report(true);
    // Nothing is kept of a line beyond the bound, but it is not a blank one.
    else if (!this.#line.isEmpty) this.#lines.push(this.#line.take());
    this.#isBlank = true;
    this.#line.isFirst = false;
  }

  #report(isComplete: boolean): void {
    const lines = this.#lines;
    if (lines.length === 0) return;
    const frame = {
      lines,
      bytes: this.#bytes,
      isComplete,
      isCut: this.#line.isCut,
      ...meaningOf(lines),
    };
    this.#lines = [];
    this.#bytes = 0;
    this.#line.startFrame();
    this.#onFrame(frame);
  }
}

/** The bytes of the current line, within the bound that all lines of a frame share. */
class LineBuffer {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #pieces: Uint8Array[] = [];
  #kept = 0;
  /** A byte order mark begins the first line only. */
  isFirst = true;
  isCut = false;

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  add(piece: Uint8Array): void {
    const room = frameBytesMax - this.#kept;
    if (piece.length > room) this.isCut = true;
    const part = piece.subarray(0, room);
    if (part.length === 0) return;
    this.#kept += part.length;
    // A copy: the caller may reuse its buffer.
    this.#pieces.push(part.slice());
  }

  take(): string {
    const whole = new Uint8Array(this.#pieces.reduce((length, piece) => length + piece.length, 0));
    let offset = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    this.#pieces = [];
    const text = this.#decoder.decode(whole);
    return this.isFirst && text.startsWith(byteOrderMark) ? text.slice(1) : text;
  }

  startFrame(): void {
    this.#kept = 0;
    this.isCut = false;
  }
}
