import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asReceived, hostileFrame, hostileStream, hostileText } from '@/lib/testing/hostile';
import { encodeEvent, FrameError } from './encode';

/** Decodes with another implementation, in pieces of `size` bytes. */
function decode(text: string | Uint8Array, size = Number.POSITIVE_INFINITY) {
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
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; offset += size) {
    parser.feed(decoder.decode(bytes.subarray(offset, offset + size), { stream: true }));
  }
  return { events, comments, retries, errors };
}

const received = ({ id = '', event: type = 'message', data }: EventSourceMessage) => ({ id, type, data });

test('the exact text of an event', () => {
  expect(encodeEvent({ id: 'a-1', event: 'cpu', data: '{"t":1}' })).toBe(
    'event: cpu\ndata: {"t":1}\nid: a-1\n\n',
  );
  expect(encodeEvent({ data: 'one\ntwo' })).toBe('data: one\ndata: two\n\n');
  expect(encodeEvent({ data: '' })).toBe('data: \n\n');
  expect(encodeEvent({ id: 'a-2', event: 'heartbeat', data: '{}', retry: 2500, comment: 'still here' })).toBe(
    ': still here\nretry: 2500\nevent: heartbeat\ndata: {}\nid: a-2\n\n',
  );
});

test('the default type has no event line', () => {
  expect(encodeEvent({ event: 'message', data: 'x' })).toBe('data: x\n\n');
});

const sizes = fc.constantFrom(Number.POSITIVE_INFINITY, 1, 7);

test('any event decodes to what was encoded, whole and one byte at a time', () => {
  fc.assert(
    fc.property(hostileFrame, sizes, (frame, size) => {
      const { events, errors } = decode(encodeEvent(frame), size);
      expect(errors).toEqual([]);
      expect(events.map(received)).toEqual([asReceived(frame)]);
    }),
  );
});

test('consecutive events stay separate, with retries and comments in them', () => {
  fc.assert(
    fc.property(fc.array(hostileFrame, { maxLength: 8 }), hostileText, sizes, (frames, comment, size) => {
      const text = frames.map((frame) => encodeEvent({ ...frame, retry: 2500, comment })).join('');
      const { events, retries, errors } = decode(text, size);
      expect(errors).toEqual([]);
      expect(retries).toEqual(frames.map(() => 2500));
      expect(events.map(received)).toEqual(frames.map(asReceived));
    }),
  );
});

test('every block has data, and its id is the last line', () => {
  fc.assert(
    fc.property(hostileFrame, hostileText, (frame, comment) => {
      const blocks = encodeEvent({ ...frame, retry: 2500, comment }).split('\n\n');
      expect(blocks).toHaveLength(2);
      const lines = blocks[0]?.split('\n') ?? [];
      expect(lines.some((line) => line.startsWith('data: '))).toBe(true);
      expect(lines.findIndex((line) => line.startsWith('id: '))).toBe(lines.length - 1);
    }),
  );
});

test('an event that is cut off anywhere is not delivered', () => {
  fc.assert(
    fc.property(
      hostileFrame,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (frame, share) => {
        const bytes = Buffer.from(encodeEvent(frame));
        const { events } = decode(bytes.subarray(0, Math.floor(bytes.length * share)));
        expect(events).toEqual([]);
      },
    ),
  );
});

test.each([1, 65_536])('a payload of one megabyte on one line is decoded, %d bytes at a time', (size) => {
  const data = `${'x'.repeat(500_000)}﻿${'é'.repeat(250_000)}`;
  expect(decode(encodeEvent({ data }), size).events).toMatchObject([{ data }]);
});

test('a stream of hostile events is decoded one byte at a time', () => {
  const { bytes, events } = hostileStream(200, 7);
  expect(decode(bytes, 1).events.map(received)).toEqual(events);
});

test('JSON keeps even what the framing would fold', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const { events } = decode(encodeEvent({ data: JSON.stringify({ text }) }));
      expect(JSON.parse(events[0]?.data ?? '')).toEqual({ text });
    }),
  );
});

test('a comment cannot become an event', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const { events, errors } = decode(encodeEvent({ data: 'x', comment: text }));
      expect(errors).toEqual([]);
      expect(events.map(received)).toEqual([{ id: '', type: 'message', data: 'x' }]);
    }),
  );
});

test.each(['a\nb', 'a\rb', 'a\0b'])('a field that would break out of its line is refused: %j', (value) => {
  expect(() => encodeEvent({ id: value, data: '' })).toThrow(FrameError);
  expect(() => encodeEvent({ event: value, data: '' })).toThrow(FrameError);
});

test.each([1.5, -1, Number.NaN])('retry is whole milliseconds, not %d', (value) => {
  expect(() => encodeEvent({ data: '', retry: value })).toThrow(FrameError);
});
