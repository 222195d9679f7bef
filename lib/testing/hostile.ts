import fc from 'fast-check';
import { encodeEvent, type Frame } from '@/lib/server/streaming/encode';

/** What a client must get for one frame. */
export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

const lineBreaks = ['\r', '\n', '\r\n', '\n\r', '\n\n', '\r\r'];
const fields = ['data: x', 'data', ':', ': ', ' ', 'id: 9', 'id\n', 'retry: 1\n', 'event: hello\n\n'];
const rareText = ['\0', '\uFEFF', '\uD800', '\uDC00', '\u2028', '\u2029', '\u0085', '数据', '🫀', '\\', '"'];

const anyText = fc.oneof(
  fc.constantFrom(...lineBreaks),
  fc.constantFrom(...fields),
  fc.constantFrom(...rareText),
  fc.string({ unit: 'binary' }),
);

/** Text that would break out of its field if it could. */
export const hostileText = fc.array(anyText, { maxLength: 30 }).map((parts) => parts.join(''));

/** The same without line breaks and NUL, as ids and event names are. */
const hostileLine = hostileText.map((text) => text.replaceAll(/[\r\n\0]/g, '').slice(0, 40));

export const hostileFrame: fc.Arbitrary<Frame & { readonly id: string; readonly event: string }> = fc.record({
  id: hostileLine,
  event: hostileLine,
  data: hostileText,
});

/** UTF-8 cannot carry a lone surrogate, and an event's line breaks are LF (WHATWG HTML, 9.2.6). */
export function asReceived({ id = '', event, data }: Frame): ReceivedEvent {
  return {
    id: id.toWellFormed(),
    type: event?.toWellFormed() || 'message',
    data: data.toWellFormed().replaceAll(/\r\n|\r/g, '\n'),
  };
}

/** Frames that are the same in every run, and the bytes of them all, one after the other. */
export function hostileStream(numRuns: number, seed: number, more: readonly Frame[] = []) {
  const frames = [...fc.sample(hostileFrame, { numRuns, seed }), ...more];
  return { bytes: Buffer.from(frames.map(encodeEvent).join('')), events: frames.map(asReceived) };
}
