import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, fieldOf, frameBytesMax, type RawFrame } from './frame-reader';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(...chunks: readonly Uint8Array[]): RawFrame[] {
  const frames: RawFrame[] = [];
  const reader = new FrameReader((frame) => frames.push(frame));
  for (const chunk of chunks) {
    const own = chunk.slice();
    reader.push(own);
    // Whoever reads may use the buffer again.
    own.fill(0);
  }
  reader.end();
  return frames;
}

/** The bytes in pieces, cut at these places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.map((at) => at % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge));
}

test('every line is kept as it was sent, comments and unknown fields too', () => {
  const [first, second] = read(
    bytesOf(': still here\nretry: 3000\n\nid: a-1\nevent:cpu\nfoo: bar\ndata: {"a":\ndata: 1}\n\n'),
  );
  expect(first).toMatchObject({ lines: [': still here', 'retry: 3000'], type: null, retryMs: 3000 });
  expect(second).toMatchObject({
    lines: ['id: a-1', 'event:cpu', 'foo: bar', 'data: {"a":', 'data: 1}'],
    type: 'cpu',
    id: 'a-1',
    data: '{"a":\n1}',
    isComplete: true,
  });
});

test.each([
  ['data\n\n', { type: 'message', data: '' }],
  ['event: x\n\n', { type: null, data: null }],
  ['data:  two spaces\n\n', { data: ' two spaces' }],
  ['id: a\0b\ndata: x\n\n', { id: null }],
  ['id\ndata: x\n\n', { id: '' }],
  ['retry: 3s\ndata: x\n\n', { retryMs: null }],
  ['\uFEFFdata: x\n\n', { data: 'x' }],
  ['data: x\n\uFEFFdata: y\n\n', { data: 'x' }],
  ['data: x', { isComplete: false, data: 'x' }],
])('%j is read as the standard says', (text, expected) => {
  expect(read(bytesOf(text))[0]).toMatchObject(expected);
});

const piece = fc.constantFrom(
  'data: é漢🦊',
  'id: a-1',
  ': c',
  'event: cpu',
  '',
  '',
  '\uFEFF',
  'retry: 10',
  'x',
);
const stream = fc
  .array(fc.tuple(piece, fc.constantFrom('\n', '\r', '\r\n')), { maxLength: 40 })
  .map((lines) => lines.map((line) => line.join('')).join(''));

test('the same bytes cut at any place give the same frames', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat({ max: 1000 }), { maxLength: 12 }), (text, places) => {
      const bytes = bytesOf(text);
      expect(read(...cutAt(bytes, places))).toEqual(read(bytes));
    }),
    { numRuns: 500 },
  );
});

test('bytes that are no text, cut at any place, give the same frames', () => {
  const byte = fc.oneof(fc.constantFrom(10, 13, 58, 0xe6, 0xbc, 0xa2), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(byte), fc.array(fc.nat({ max: 1000 })), (values, places) => {
      const bytes = Uint8Array.from(values);
      expect(read(...cutAt(bytes, places))).toEqual(read(bytes));
    }),
  );
});

test('all line breaks mean the same', () => {
  const text = 'id: 1\ndata: a\n\ndata: b\n\n';
  const lines = (given: string) => read(bytesOf(given)).map((frame) => frame.lines);
  expect(lines(text.replaceAll('\n', '\r'))).toEqual(lines(text));
  expect(lines(text.replaceAll('\n', '\r\n'))).toEqual(lines(text));
});

test('frames add up to the bytes that came, up to the last blank line', () => {
  fc.assert(
    fc.property(stream, (text) => {
      const bytes = bytesOf(`${text}data: end\n\n`);
      expect(read(bytes).reduce((sum, frame) => sum + frame.bytes, 0)).toBe(bytes.length);
    }),
  );
});

test('a frame without end is counted and not kept', () => {
  const line = bytesOf(`data: ${'x'.repeat(1000)}\n`);
  const chunks = Array.from({ length: 1200 }, () => line);
  const [frame, after] = read(...chunks, bytesOf('\n'), bytesOf('data: after\n\n'));
  expect(frame).toMatchObject({ isCut: true, isComplete: true, bytes: 1200 * line.length + 1 });
  expect(frame?.lines.join('').length).toBeLessThanOrEqual(frameBytesMax);
  expect(after).toMatchObject({ data: 'after', isCut: false });
});

test('a line is a comment, a field or something that a browser ignores', () => {
  expect(fieldOf(': hi')).toEqual({ name: 'comment', value: ' hi' });
  expect(fieldOf('data: a: b')).toEqual({ name: 'data', value: 'a: b' });
  expect(fieldOf('Data: a')).toEqual({ name: 'unknown', value: 'a' });
});
