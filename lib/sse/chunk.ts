/** Bytes of the feed that go out as one write. What many clients get is one object, so its forms are made once. */
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

function frame(bytes: Uint8Array): Uint8Array {
  const head = `${bytes.length.toString(16)}\r\n`;
  const framed = new Uint8Array(head.length + bytes.length + 2);
  encoder.encodeInto(head, framed);
  framed.set(bytes, head.length);
  encoder.encodeInto('\r\n', framed.subarray(head.length + bytes.length));
  return framed;
}
