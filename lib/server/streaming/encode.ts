/** One event as the WHATWG HTML standard frames it (section 9.2.6, "Interpreting an event stream"). */
export interface Frame {
  /** Becomes the client's last event id. No line break and no NUL: a client would ignore or split it. */
  readonly id?: string;
  /** The event type; left out for the default type `message`. */
  readonly event?: string;
  /** The payload; each of its lines becomes a `data:` field. CR and CRLF reach the client as LF. */
  readonly data: string;
  /** How long the client waits before it connects again, in whole milliseconds. */
  readonly retry?: number;
  /** Text that proxies see and page scripts do not. */
  readonly comment?: string;
}

/** Thrown for a field that would break out of its line: a defect of the caller, never of the user. */
export class FrameError extends Error {
  readonly code = 'unframable';
}

const lineBreak = /\r\n|\r|\n/;

function field(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw new FrameError(`${name} must not hold a line break or NUL`);
  return `${name}: ${value}\n`;
}

/**
 * The text of one event, its closing blank line included. `id:` comes last, and `retry:` and comments only with an
 * event: some clients move on at the `id:` line, and some make an empty message of each block without data.
 */
export function encodeEvent({ id, event, data, retry, comment }: Frame): string {
  let text = '';
  if (comment !== undefined) for (const line of comment.split(lineBreak)) text += `: ${line}\n`;
  if (retry !== undefined) text += `retry: ${wholeMilliseconds(retry)}\n`;
  if (event && event !== 'message') text += field('event', event);
  for (const line of data.split(lineBreak)) text += `data: ${line}\n`;
  if (id !== undefined) text += field('id', id);
  return `${text}\n`;
}

function wholeMilliseconds(value: number): number {
  if (!Number.isInteger(value) || value < 0) throw new FrameError('retry takes whole ms');
  return value;
}

export interface Heartbeat {
  /** Unix ms; in a replay, its playback time. */
  readonly serverTime: number;
  /** The stream's position; left out while it is not known. */
  readonly id?: string | undefined;
  /** The delay in ms after which the client may come back, if the stream ends with this. */
  readonly retry?: number | undefined;
}

/** The event of a quiet stream, with a comment for proxies, and the last event of a stream that is ended. */
export function encodeHeartbeat({ serverTime, id, retry }: Heartbeat): string {
  return encodeEvent({
    ...(retry === undefined ? { comment: 'still here' } : { retry }),
    event: 'heartbeat',
    data: JSON.stringify({ serverTime }),
    ...(id === undefined ? {} : { id }),
  });
}
