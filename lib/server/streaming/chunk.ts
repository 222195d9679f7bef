/** Bytes that go out as one write. Many clients share one chunk, so each form is made once. */
export interface Chunk {
  readonly bytes: Uint8Array;
  /** The same as one chunk of HTTP/1.1's chunked transfer coding (RFC 9112, 7.1). */
  readonly framed: Uint8Array;
}

const encoder = new TextEncoder();

export function chunkOf(bytes: Uint8Array): Chunk {
  let framed: Uint8Array | null = null;
  return {
    bytes,
    get framed() {
      framed ??= frame(bytes);
      return framed;
    },
  };
}

export function chunkOfText(text: string): Chunk {
  return chunkOf(encoder.encode(text));
}

/** A Buffer: a socket would wrap any other array anew for each write. */
function frame(bytes: Uint8Array): Buffer {
  const head = `${bytes.length.toString(16)}\r\n`;
  const framed = Buffer.allocUnsafeSlow(head.length + bytes.length + 2);
  framed.write(head, 'latin1');
  framed.set(bytes, head.length);
  framed.write('\r\n', head.length + bytes.length, 'latin1');
  return framed;
}
