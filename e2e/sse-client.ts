import { connect } from 'node:net';
import { createParser } from 'eventsource-parser';

/** One event as it came. */
export interface Received {
  /** `null` for an event without an `id:` line. */
  readonly id: string | null;
  readonly type: string;
  readonly data: string;
}

export interface ListenOptions {
  readonly port: number;
  /** Such as `window=60`, without the question mark. */
  readonly query?: string;
  readonly lastEventId?: string | null;
  /** Reads nothing at all until `resume`. */
  readonly paused?: boolean;
  readonly onEvent?: (event: Received) => void;
  readonly onRetry?: (retryMs: number) => void;
  /** The head of a 200 came. */
  readonly onOpen?: () => void;
}

/** How a stream ended: with the last chunk of its body, with another status than 200, or with neither. */
export type Ending = 'complete' | 'refused' | 'cut';

export interface Stream {
  readonly ended: Promise<Ending>;
  readonly bytes: number;
  resume(): void;
  close(): void;
}

/**
 * A client of the feed that hides nothing: a bare socket, HTTP/1.1 read here, events by a parser that is not ours.
 * An answer that is not HTTP, or a body whose chunks do not add up, fails `ended`.
 */
export function listen({ port, query = '', lastEventId, paused = false, ...on }: ListenOptions): Stream {
  const socket = connect(port, '127.0.0.1');
  if (paused) socket.pause();
  socket.setNoDelay(true);
  socket.write(
    [
      `GET /api/events${query && `?${query}`} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Accept: text/event-stream',
      ...(lastEventId ? [`Last-Event-ID: ${lastEventId}`] : []),
      '\r\n',
    ].join('\r\n'),
  );
  const parser = createParser({
    onEvent: ({ id = null, event = 'message', data }) => on.onEvent?.({ id, type: event, data }),
    onRetry: (retryMs) => on.onRetry?.(retryMs),
  });
  const text = new TextDecoder();
  const answer = readAnswer({
    onOpen: () => on.onOpen?.(),
    onBody: (bytes) => parser.feed(text.decode(bytes, { stream: true })),
  });
  const ended = new Promise<Ending>((resolve, reject) => {
    socket.on('data', (bytes) => {
      try {
        answer.feed(bytes);
      } catch (error) {
        reject(error);
        socket.destroy();
      }
      if (answer.ending) socket.destroy();
    });
    // Without its last chunk a body is cut, however politely the connection closes.
    socket.once('close', () => resolve(answer.ending ?? 'cut'));
    socket.on('error', () => socket.destroy());
  });
  return {
    ended,
    get bytes() {
      return socket.bytesRead;
    },
    resume: () => socket.resume(),
    close: () => socket.destroy(),
  };
}

interface AnswerEvents {
  readonly onOpen: () => void;
  readonly onBody: (bytes: Buffer) => void;
}

const headMaxBytes = 16 * 1024;

/** HTTP/1.1, as much of it as an event stream uses (RFC 9112, 7.1). Throws for what is not that. */
function readAnswer({ onOpen, onBody }: AnswerEvents) {
  let pending: Buffer = Buffer.alloc(0);
  let part: 'head' | 'size' | 'data' | 'data-end' | 'last-end' = 'head';
  let left = 0;
  let ending: Ending | null = null;

  /** The text up to the next `mark`, or `null` when it has not come yet. */
  function takeTo(mark: string): string | null {
    const end = pending.indexOf(mark);
    if (end === -1 && pending.length > headMaxBytes) throw new Error(`no end of the ${part}`);
    if (end === -1) return null;
    const taken = pending.toString('latin1', 0, end);
    pending = pending.subarray(end + mark.length);
    return taken;
  }

  function takeHead(): boolean {
    const head = takeTo('\r\n\r\n');
    if (head === null) return false;
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1];
    if (!status) throw new Error(`not an HTTP answer: ${JSON.stringify(head.slice(0, 200))}`);
    if (status !== '200') ending = 'refused';
    else if (!/^transfer-encoding: chunked$/im.test(head)) throw new Error(`not chunked: ${head}`);
    else onOpen();
    part = 'size';
    return true;
  }

  function takeSize(): boolean {
    const line = takeTo('\r\n');
    if (line === null) return false;
    if (!/^[0-9a-f]{1,8}$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
    left = Number.parseInt(line, 16);
    part = left === 0 ? 'last-end' : 'data';
    return true;
  }

  function takeData(): boolean {
    const bytes = pending.subarray(0, left);
    pending = pending.subarray(bytes.length);
    left -= bytes.length;
    if (left === 0) part = 'data-end';
    if (bytes.length > 0) onBody(bytes);
    return bytes.length > 0;
  }

  function takeEnd(): boolean {
    const line = takeTo('\r\n');
    if (line === null) return false;
    if (line !== '')
      throw new Error(`a chunk that is longer than it said: ${JSON.stringify(line.slice(0, 200))}`);
    if (part === 'last-end') ending = 'complete';
    part = 'size';
    return true;
  }

  const steps = { head: takeHead, size: takeSize, data: takeData, 'data-end': takeEnd, 'last-end': takeEnd };

  return {
    get ending() {
      return ending;
    },
    feed(bytes: Buffer) {
      pending = pending.length > 0 ? Buffer.concat([pending, bytes]) : bytes;
      while (!ending && pending.length > 0 && steps[part]()) {}
    },
  };
}
