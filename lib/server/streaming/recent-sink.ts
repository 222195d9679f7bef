import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Cursor } from './cursor';

/** Whether a client accepts gzip (RFC 9110, 12.5.3): by its name or by `*`, and not with a weight of 0. */
export function acceptsGzip(acceptEncoding: string): boolean {
  const weights = new Map(
    acceptEncoding.split(',').map((item) => {
      const [coding = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return [coding, weight === undefined ? 1 : Number(weight.slice(2))];
    }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}

/**
 * Answers with everything that a cursor has, compressed where the client accepts that. Node.js pulls as the socket
 * drains, so a client that does not read holds one chunk.
 */
export function sendRecent(
  cursor: Cursor,
  response: ServerResponse,
  acceptEncoding: string,
  headers: Readonly<Record<string, string>>,
): void {
  const text = readableOf(cursor);
  const isCompressed = acceptsGzip(acceptEncoding);
  response.writeHead(200, {
    ...headers,
    Vary: 'Accept-Encoding',
    ...(isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
  });
  // A client that disconnects ends the pipeline, and with it the cursor.
  const done = () => {};
  if (isCompressed) pipeline(text, createGzip(), response, done);
  else pipeline(text, response, done);
}

/** A cursor as a Node.js stream that buffers at most one chunk. */
function readableOf(cursor: Cursor): Readable {
  let isWanted = false;

  function advance(): void {
    if (cursor.aborted) readable.destroy(new Error('the client does not read'));
    if (!isWanted) return;
    const chunk = cursor.take();
    if (!chunk && !cursor.ended) return;
    isWanted = false;
    readable.push(chunk?.bytes ?? null);
  }

  const readable = new Readable({
    highWaterMark: 1,
    read() {
      isWanted = true;
      advance();
    },
    destroy(error, done) {
      cursor.onReady(null);
      cursor.close();
      done(error);
    },
  });
  cursor.onReady(advance);
  return readable;
}
