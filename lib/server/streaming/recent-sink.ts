import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Cursor } from './cursor';

/** Whether a client takes gzip (RFC 9110, 12.5.3): named, or meant by `*`, and not with a weight of 0. */
export function takesGzip(acceptEncoding: string): boolean {
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
 * Answers with all that a cursor has to tell, compressed where the client takes that. Node.js pulls as its socket
 * drains, so a client that does not read holds one chunk.
 */
export function sendPast(
  cursor: Cursor,
  response: ServerResponse,
  acceptEncoding: string,
  headers: Readonly<Record<string, string>>,
): void {
  const text = readableOf(cursor);
  const isPacked = takesGzip(acceptEncoding);
  response.writeHead(200, {
    ...headers,
    Vary: 'Accept-Encoding',
    ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
  });
  // A client that leaves ends the pipeline, and with it the cursor.
  const done = () => {};
  if (isPacked) pipeline(text, createGzip(), response, done);
  else pipeline(text, response, done);
}

/** A cursor as a stream of Node's own, in which at most one chunk waits. */
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
