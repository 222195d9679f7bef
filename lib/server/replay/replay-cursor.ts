import type { Gap, Hello, ReplayEnd } from '@/lib/protocol/payloads';
import type { Turns } from '@/lib/server/concurrency/turns';
import { type Chunk, chunkOfText } from '@/lib/server/streaming/chunk';
import type { Cursor } from '@/lib/server/streaming/cursor';
import { encodeEvent } from '@/lib/server/streaming/encode';
import { encodeHeartbeat } from '@/lib/server/streaming/heartbeat';
import type { Located } from './locate';
import { openPacer, type Pacer } from './playback-clock';
import { formatPlace, type Place } from './position';
import type { ReplayRequest } from './replay-query';
import type { Source, Start } from './source';
import type { Moment, Piece } from './step';

/** What the registry of replays does with them. */
export interface ReplayCursor extends Cursor {
  /** Ends the stream, with the delay after which the client may come back for the rest. */
  finish(retryMs: number | null): void;
  /** Ends it now: the client does not read. */
  abort(): void;
  /** Asks for a heartbeat when nothing was taken since `sinceMs` (monotonic). */
  beat(sinceMs: number): void;
  /** The read that it waits for, the same object for as long as that lasts; `null` while there is none. */
  readonly read: object | null;
}

/** Told by a source of its reads. */
export interface ReadNotes {
  /** One begins. */
  begin(): void;
  /** It waits for its turn in a queue. */
  wait(): void;
}

export interface ReplayCursorOptions {
  readonly logId: string;
  readonly request: ReplayRequest;
  readonly located: Promise<Located>;
  readonly openSource: (start: Start, read: ReadNotes) => Source;
  readonly hello: () => Hello;
  /** Why nothing was measured in a time: Unix ms. */
  readonly causeOf: (from: number, to: number) => Gap['reason'];
  readonly intervalMs: number;
  /** Shares the event loop between all that read the past. */
  readonly turns: Turns;
  readonly retryMs: number;
  /** Unix ms. */
  readonly now: () => number;
  readonly monotonicNow: () => number;
  readonly onClose: () => void;
}

const maxChunkLength = 64 * 1024;
/** What is due within this comes together: at 60× a timer for each sample would be most of the work. */
const leastWaitMs = 30;
const mostWaitMs = 60_000;

type Told = { readonly text: string; readonly isOver: boolean };

/**
 * One client's replay. It holds one piece of the past and no queue: what comes next is made when the client can
 * have it, and the replay's clock waits for a client that does not keep up.
 */
export function openReplayCursor(options: ReplayCursorOptions): ReplayCursor {
  const { logId, request, intervalMs, now, monotonicNow } = options;
  let pacer: Pacer | null = null;
  let source: Source | null = null;
  let opening = '';
  let place: Place | null = null;
  let piece: Piece = { moments: [], spacingMs: intervalMs };
  let index = 0;
  let isFetching = true;
  let read: object | null = null;
  let isAtHead = false;
  let timer: NodeJS.Timeout | null = null;
  let takenAtMs = monotonicNow();
  let isHeartbeatDue = false;
  let closing: { retryMs: number | null } | null = null;
  let ended = false;
  let aborted = false;
  let ready: (() => void) | null = null;

  function open({ start, clock, gap }: Located): void {
    const { from, to, speed } = request;
    pacer = openPacer({ from: clock, start: start.t, speed, nowMs: monotonicNow() });
    source = options.openSource(start, { begin: beginRead, wait: endRead });
    if (start.kind === 'logged') place = { kind: 'logged', seq: start.seq };
    const hello: Hello = { ...options.hello(), serverTime: clock, replay: { from, to, speed } };
    opening = encodeEvent({ event: 'hello', data: JSON.stringify(hello), retry: options.retryMs });
    if (gap) opening += encodeEvent({ event: 'gap', data: JSON.stringify(gap) });
  }

  function beginRead(): void {
    read = {};
  }

  function endRead(): void {
    read = null;
  }

  /** Whatever fails ends the stream; the client comes back where it was. */
  function whenDone(work: Promise<void>): void {
    isFetching = true;
    beginRead();
    work
      .catch(() => finish(null))
      .finally(() => {
        isFetching = false;
        endRead();
        if (!ended) ready?.();
      });
  }

  async function fetch(from: Source): Promise<void> {
    // Others come first: a filter may let nothing of a long time pass.
    await options.turns.next();
    if (ended) return;
    const next = await from.next();
    if (next) piece = next;
    else isAtHead = true;
    index = 0;
    if (!next) piece = { moments: [], spacingMs: piece.spacingMs };
  }

  function wakeIn(ms: number): void {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => ready?.(), Math.min(mostWaitMs, Math.max(leastWaitMs, ms)));
    timer.unref();
  }

  function gapFrame(from: number, to: number): string {
    const gap: Gap = { fromId: null, toId: null, missed: null, reason: options.causeOf(from, to), from, to };
    return encodeEvent({ event: 'gap', data: JSON.stringify(gap) });
  }

  function endFrame(end: ReplayEnd): Told {
    place = { kind: 'end' };
    const id = formatPlace(logId, place);
    return { text: encodeEvent({ id, event: 'replay-end', data: JSON.stringify(end) }), isOver: true };
  }

  function momentFrame(moment: Moment): string {
    place = moment.place;
    if (!moment.event) return '';
    const { type, json } = moment.event;
    return encodeEvent({ id: formatPlace(logId, place), event: type, data: json });
  }

  /** What is to be told now of a moment, or of the end at `to`; `null` when its time has not come. */
  function tell(by: Pacer, t: number, then: () => Told): Told | null {
    const verdict = by.judge(t, piece.spacingMs, monotonicNow());
    if (verdict.kind === 'hole') return { text: gapFrame(verdict.from, verdict.to), isOver: false };
    if (verdict.kind === 'due') return then();
    wakeIn(verdict.ms);
    return null;
  }

  function next(by: Pacer): Told | null {
    const { to } = request;
    const moment = piece.moments[index];
    if (to !== null && ((moment && moment.t >= to) || (isAtHead && to <= now())))
      return tell(by, Math.max(by.last, to), () => endFrame({ t: to, reason: 'to' }));
    if (!moment) return isAtHead ? endAtPresent(by) : null;
    return tell(by, moment.t, () => {
      index += 1;
      return { text: momentFrame(moment), isOver: false };
    });
  }

  function endAtPresent(by: Pacer): Told {
    const present = now();
    const gap = by.isHole(present, piece.spacingMs) ? gapFrame(by.last, present) : '';
    const end = endFrame({ t: present, reason: 'present' });
    return { text: gap + end.text, isOver: true };
  }

  function heartbeat(by: Pacer | null, retry?: number): string {
    const serverTime = by ? Math.round(by.clock(monotonicNow())) : now();
    const id = place && place.kind !== 'end' ? formatPlace(logId, place) : undefined;
    return encodeHeartbeat({ serverTime, id, retry });
  }

  /** As much as is due and fits. */
  function gather(by: Pacer): string {
    let text = opening;
    opening = '';
    while (!closing && text.length < maxChunkLength) {
      if (index >= piece.moments.length && !isAtHead) {
        if (!isFetching && source) whenDone(fetch(source));
        break;
      }
      const told = next(by);
      if (!told) break;
      text += told.text;
      if (told.isOver) closing = { retryMs: null };
    }
    return text;
  }

  function take(): Chunk | null {
    if (ended) return null;
    let text = pacer ? gather(pacer) : '';
    if (pacer && text === '' && isHeartbeatDue) text = heartbeat(pacer);
    if (closing) {
      // Of a stream that is broken off, the place is told: its events may have been rare.
      const isBrokenOff = pacer !== null && place !== null && place.kind !== 'end';
      if (isBrokenOff || closing.retryMs !== null) text += heartbeat(pacer, closing.retryMs ?? undefined);
      close();
    }
    if (text === '') return null;
    takenAtMs = monotonicNow();
    isHeartbeatDue = false;
    return chunkOfText(text);
  }

  function finish(retryMs: number | null): void {
    if (closing || ended) return;
    closing = { retryMs };
    ready?.();
  }

  function close(): void {
    if (ended) return;
    ended = true;
    if (timer) clearTimeout(timer);
    piece = { moments: [], spacingMs: intervalMs };
    options.onClose();
  }

  whenDone(options.located.then(open));

  return {
    take,
    finish,
    close,
    get ended() {
      return ended;
    },
    get aborted() {
      return aborted;
    },
    get read() {
      return read;
    },
    onReady(listener) {
      ready = listener;
    },
    abort() {
      if (ended) return;
      aborted = true;
      close();
      ready?.();
    },
    beat(sinceMs) {
      if (takenAtMs > sinceMs || ended) return;
      isHeartbeatDue = true;
      ready?.();
    },
  };
}
