import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeComment, encodeEvent, encodeRetry, FrameError } from './encode';

/** Decodes with an implementation that is not ours, the bytes cut into pieces of `size`. */
function decode(text: string, size = Number.POSITIVE_INFINITY) {
  const events: EventSourceMessage[] = [];
  const comments: string[] = [];
  const retries: number[] = [];
  const errors: unknown[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onComment: (comment) => comments.push(comment),
    onRetry: (retry) => retries.push(retry),
    onError: (error) => errors.push(error),
  });
  const decoder = new TextDecoder();
  const bytes = new TextEncoder().encode(text);
  for (let offset = 0; offset < bytes.length; offset += size) {
    parser.feed(decoder.decode(bytes.subarray(offset, offset + size), { stream: true }));
  }
  return { events, comments, retries, errors };
}

/** What a client can get back: its text is UTF-8, and its line breaks are LF. */
const asReceived = (text: string) => text.toWellFormed().replace(/\r\n|\r/g, '\n');

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r', '\n', '\r\n', '\0', '\uFEFF', '\uD800', '\uDC00', ': ', ' ', 'data: x', 'id: 9'),
      fc.constantFrom('event: hello\n\n', 'retry: 1\n', '\u2028', '\u0085', '数据', '🫀'),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('the exact text of an event', () => {
  expect(encodeEvent({ id: 'a-1', event: 'cpu', data: '{"t":1}' })).toBe(
    'id: a-1\nevent: cpu\ndata: {"t":1}\n\n',
  );
  expect(encodeEvent({ data: 'one\ntwo' })).toBe('data: one\ndata: two\n\n');
  expect(encodeEvent({ data: '' })).toBe('data: \n\n');
  expect(encodeRetry(2500)).toBe('retry: 2500\n\n');
  expect(encodeComment('still here')).toBe(': still here\n\n');
});

test('the default type has no event line', () => {
  expect(encodeEvent({ event: 'message', data: 'x' })).toBe('data: x\n\n');
});

test('any payload comes back as it was, whole and one byte at a time, and is one event', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom(Number.POSITIVE_INFINITY, 1, 7), (data, size) => {
      const { events, errors } = decode(encodeEvent({ id: 'a-1', event: 'cpu', data }), size);
      expect(errors).toEqual([]);
      expect(events).toEqual([{ id: 'a-1', event: 'cpu', data: asReceived(data) }]);
    }),
  );
});

test('a payload of one megabyte on one line comes back', () => {
  const data = 'x'.repeat(1_000_000);
  expect(decode(encodeEvent({ data }), 65_536).events).toMatchObject([{ data }]);
});

test('JSON keeps even what the framing would fold', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { events } = decode(encodeEvent({ data: JSON.stringify({ text }) }));
      expect(JSON.parse(events[0]?.data ?? '')).toEqual({ text });
    }),
  );
});

test('a comment cannot become an event', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const { events, errors } = decode(encodeComment(text));
      expect(errors).toEqual([]);
      expect(events).toEqual([]);
    }),
  );
});

test.each(['a\nb', 'a\rb', 'a\0b'])('a field that would break out of its line is refused: %j', (value) => {
  expect(() => encodeEvent({ id: value, data: '' })).toThrow(FrameError);
  expect(() => encodeEvent({ event: value, data: '' })).toThrow(FrameError);
});

test.each([1.5, -1, Number.NaN])('retry is whole milliseconds, not %d', (value) => {
  expect(() => encodeRetry(value)).toThrow(FrameError);
});
