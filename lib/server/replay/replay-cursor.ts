import type { Gap, Hello, ReplayEnd } from '@/lib/protocol/payloads';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { Turns } from '@/lib/server/concurrency/turns';
import { type Chunk, chunkOfText } from '@/lib/server/streaming/chunk';
import type { Cursor } from '@/lib/server/streaming/cursor';
import { encodeEvent, encodeHeartbeat } from '@/lib/server/streaming/encode';
import { PlaybackClock } from './playback-clock';
import { formatPosition, type ReplayPosition } from './position';
import type { ReplayRequest } from './replay-query';
import type { ResolvedStart } from './resolve-start';
import type { ReplayStep } from './step';
import { StepReader } from './step-reader';
import type { Start, StepSource } from './step-source';

/** How a source reports the state of its reads. */
export interface ReadListener {
  noteBegin(): void;
  /** The read waits in a queue. */
  noteQueued(): void;
}

export interface ReplayCursorOptions {
  readonly logId: string;
  readonly request: ReplayRequest;
  readonly start: Promise<ResolvedStart>;
  readonly openSource: (start: Start, reads: ReadListener) => StepSource;
  readonly hello: () => Hello;
  /** Why nothing was measured from `from` to `to`: Unix ms. */
  readonly causeOf: (from: number, to: number) => Gap['reason'];
  readonly intervalMs: number;
  /** Shares the event loop between all long work. */
  readonly turns: Turns;
  readonly retryMs: number;
  readonly clock: Clock;
  readonly onClose: () => void;
}

const chunkLengthMax = 64 * 1024;
/** Steps that are due within this are sent together: at 60× a timer for each sample would be most of the work. */
const waitMsMin = 30;
const waitMsMax = 60_000;

/** Text to send now; `isEnd` when it ends the replay. */
type Output = { readonly text: string; readonly isEnd: boolean };

/**
 * One client's replay. It holds one batch of steps and no queue: the next chunk is encoded when the client can take it,
 * and the playback clock waits for a client that is too slow.
 */
export class ReplayCursor implements Cursor {
  readonly #options: ReplayCursorOptions;
  readonly #reader: StepReader;
  /** `null` until the start has been resolved. */
  #clock: PlaybackClock | null = null;
  #opening = '';
  #position: ReplayPosition | null = null;
  #timer: NodeJS.Timeout | null = null;
  #takenAtMs: number;
  #isHeartbeatDue = false;
  #closing: { readonly retryMs: number | null } | null = null;
  #isEnded = false;
  #isAborted = false;
  #onReady: (() => void) | null = null;

  constructor(options: ReplayCursorOptions) {
    const { turns, intervalMs } = options;
    this.#options = options;
    this.#takenAtMs = options.clock.monotonicMs();
    this.#reader = new StepReader({
      turns,
      spacingMs: intervalMs,
      onRead: () => this.#onReady?.(),
      // The client comes back at its position.
      onError: () => this.finish(null),
    });
    this.#reader.open(options.start.then((start) => this.#open(start)));
  }

  get ended(): boolean {
    return this.#isEnded;
  }

  get aborted(): boolean {
    return this.#isAborted;
  }

  /** The read that it waits for, the same object while it lasts; `null` while there is none. */
  get read(): object | null {
    return this.#reader.activeRead;
  }

  onReady(listener: (() => void) | null): void {
    this.#onReady = listener;
  }

  take(): Chunk | null {
    if (this.#isEnded) return null;
    const clock = this.#clock;
    let text = clock ? this.#gather(clock) : '';
    if (clock && text === '' && this.#isHeartbeatDue) text = this.#heartbeat();
    if (this.#closing) {
      text += this.#closingText(this.#closing.retryMs);
      this.close();
    }
    if (text === '') return null;
    this.#takenAtMs = this.#options.clock.monotonicMs();
    this.#isHeartbeatDue = false;
    return chunkOfText(text);
  }

  /** Ends the stream, with the delay after which the client may come back for the rest. */
  finish(retryMs: number | null): void {
    if (this.#closing || this.#isEnded) return;
    this.#closing = { retryMs };
    this.#onReady?.();
  }

  /** Ends it now: the client does not read. */
  abort(): void {
    if (this.#isEnded) return;
    this.#isAborted = true;
    this.close();
    this.#onReady?.();
  }

  /** Asks for a heartbeat when nothing was taken since `sinceMs` (monotonic). */
  heartbeatIfQuiet(sinceMs: number): void {
    if (this.#takenAtMs > sinceMs || this.#isEnded) return;
    this.#isHeartbeatDue = true;
    this.#onReady?.();
  }

  close(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#reader.close();
    this.#options.onClose();
  }

  #open({ start, clock, gap }: ResolvedStart): StepSource {
    const { hello, request, retryMs } = this.#options;
    const { from, to, speed } = request;
    this.#clock = new PlaybackClock({
      from: clock,
      start: start.t,
      speed,
      nowMs: this.#options.clock.monotonicMs(),
    });
    if (start.kind === 'logged') this.#position = { kind: 'logged', seq: start.seq };
    const greeting: Hello = { ...hello(), serverTime: clock, replay: { from, to, speed } };
    this.#opening = encodeEvent({ event: 'hello', data: JSON.stringify(greeting), retry: retryMs });
    if (gap) this.#opening += encodeEvent({ event: 'gap', data: JSON.stringify(gap) });
    return this.#options.openSource(start, this.#reader);
  }

  /** Everything that is due, up to the size of a chunk. */
  #gather(clock: PlaybackClock): string {
    let text = this.#opening;
    this.#opening = '';
    while (!this.#closing && text.length < chunkLengthMax) {
      if (!this.#reader.current && !this.#reader.isAtHead) {
        this.#reader.readMore();
        break;
      }
      const output = this.#next(clock);
      if (!output) break;
      text += output.text;
      if (output.isEnd) this.#closing = { retryMs: null };
    }
    return text;
  }

  #next(clock: PlaybackClock): Output | null {
    const { request } = this.#options;
    const { to } = request;
    const step = this.#reader.current;
    if (to !== null && (step ? step.t >= to : to <= this.#options.clock.wallMs()))
      return this.#whenDue(clock, Math.max(clock.lastT, to), () => this.#encodeEnd({ t: to, reason: 'to' }));
    if (!step) return this.#endAtPresent(clock);
    return this.#whenDue(clock, step.t, () => {
      this.#reader.advance();
      return { text: this.#encodeStep(step), isEnd: false };
    });
  }

  /** The output of a step at `t`, or of a gap before it; `null` when it is not due yet. */
  #whenDue(clock: PlaybackClock, t: number, output: () => Output): Output | null {
    const timing = clock.schedule(t, this.#reader.spacingMs, this.#options.clock.monotonicMs());
    if (timing.kind === 'gap') return { text: this.#encodeGap(timing.from, timing.to), isEnd: false };
    if (timing.kind === 'due') return output();
    this.#wakeIn(timing.ms);
    return null;
  }

  #endAtPresent(clock: PlaybackClock): Output {
    const present = this.#options.clock.wallMs();
    const isGap = clock.isGap(present, this.#reader.spacingMs);
    const gap = isGap ? this.#encodeGap(clock.lastT, present) : '';
    return { text: gap + this.#encodeEnd({ t: present, reason: 'present' }).text, isEnd: true };
  }

  #wakeIn(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onReady?.(), Math.min(waitMsMax, Math.max(waitMsMin, ms)));
    this.#timer.unref();
  }

  #encodeGap(from: number, to: number): string {
    const reason = this.#options.causeOf(from, to);
    const gap: Gap = { fromId: null, toId: null, missed: null, reason, from, to };
    return encodeEvent({ event: 'gap', data: JSON.stringify(gap) });
  }

  #encodeEnd(end: ReplayEnd): Output {
    this.#position = { kind: 'end' };
    const id = formatPosition(this.#options.logId, this.#position);
    return { text: encodeEvent({ id, event: 'replay-end', data: JSON.stringify(end) }), isEnd: true };
  }

  #encodeStep({ event, position }: ReplayStep): string {
    this.#position = position;
    if (!event) return '';
    const id = formatPosition(this.#options.logId, position);
    return encodeEvent({ id, event: event.type, data: event.json });
  }

  /** A stream that ends early sends its position: its matching events may have been rare. */
  #closingText(retryMs: number | null): string {
    const isUnfinished = this.#clock !== null && this.#position !== null && this.#position.kind !== 'end';
    return isUnfinished || retryMs !== null ? this.#heartbeat(retryMs ?? undefined) : '';
  }

  #heartbeat(retry?: number): string {
    const { logId, clock } = this.#options;
    const position = this.#position;
    const serverTime = this.#clock ? Math.round(this.#clock.time(clock.monotonicMs())) : clock.wallMs();
    const id = position && position.kind !== 'end' ? formatPosition(logId, position) : undefined;
    return encodeHeartbeat({ serverTime, id, retry });
  }
}
