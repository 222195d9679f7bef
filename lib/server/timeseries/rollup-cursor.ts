import { setImmediate as nextTurn } from 'node:timers/promises';
import { isSampleType } from '@/lib/protocol/event-types';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import type { RollupPosition } from './history-store';

export interface RollupCursorOptions {
  readonly log: EventLog;
  /** Called with each event, in the log's order. */
  readonly onEvent: (event: LoggedEvent) => void;
  /** Called with each sample from before this run that could be read only now. */
  readonly onEarlierSample: (event: LoggedEvent) => void;
  /** The stored log could be read at last, and has been rolled up to where this run began. */
  readonly onCaughtUp: () => void;
  /** Called before the log is read, and after each batch of events. */
  readonly onRead: () => void;
}

const eventsPerTurn = 512;
/** Events of many sensors are long: after so long others have a turn. */
const turnMs = 8;

/** History's position in the log. It reads on soon after each append, behind the streams. */
export class RollupCursor {
  readonly #options: RollupCursorOptions;
  readonly #stopListening: () => void;
  /** From here on the log is of this run. */
  readonly #firstSeq: number;
  #seq: number;
  /** The position in the stored log, while that cannot be read. */
  #storedPosition: RollupPosition | null = null;
  #isLogKnown: boolean;
  /** The position in a log that could be read late; `null` while none is caught up with. */
  #earlierSeq: number | null = null;
  #problem: string | null = null;
  #reading: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: RollupCursorOptions) {
    const { log } = options;
    this.#options = options;
    this.#seq = log.tailSeq - 1;
    this.#firstSeq = log.headSeq + 1;
    this.#isLogKnown = !log.isProvisional;
    this.#stopListening = log.onAppend(() => this.wake());
  }

  /** Everything up to here is rolled up. */
  get seq(): number {
    return this.#seq;
  }

  /** Where it reads: before `seq` while it catches up with a log that could not be read at the start. */
  get readSeq(): number {
    return this.#earlierSeq ?? this.#seq;
  }

  /** Whether the events of earlier runs are rolled up, or known to be lost. */
  get isLogKnown(): boolean {
    return this.#isLogKnown;
  }

  /** Why the log cannot be rolled up, in words; `null` when it can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** The position to store: while the stored log cannot be read, the one in that. */
  get position(): RollupPosition {
    const own = { logId: this.#options.log.id, seq: this.#seq };
    return this.#isLogKnown ? own : (this.#storedPosition ?? own);
  }

  /** Continues from the position that an earlier run stored, if it is one in this log. */
  continueFrom(stored: RollupPosition | null): void {
    const { log } = this.#options;
    if (log.isProvisional) this.#storedPosition = stored;
    else if (stored?.logId === log.id) this.#seq = Math.max(this.#seq, Math.min(stored.seq, log.headSeq));
  }

  wake(): void {
    if (this.#reading || this.#isClosed) return;
    this.#reading = nextTurn()
      .then(() => this.#readOn())
      .then(
        () => {
          this.#problem = null;
        },
        (error: unknown) => {
          this.#problem = `the log cannot be rolled up: ${error instanceof Error ? error.message : error}`;
        },
      )
      .finally(() => {
        this.#reading = null;
        if (this.#seq < this.#options.log.headSeq && this.#problem === null) this.wake();
      });
  }

  /** Resolves when everything in the log is rolled up. */
  async settle(): Promise<void> {
    while (this.#seq < this.#options.log.headSeq) {
      this.wake();
      await this.#reading;
    }
  }

  /** Rolls up what the log has, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    await this.#reading;
    await this.#readOn().catch(() => {});
  }

  async #readOn(): Promise<void> {
    const { log, onEvent, onRead } = this.#options;
    await this.#catchUp();
    onRead();
    while (this.#seq < log.headSeq) {
      const head = log.headSeq;
      const events = await log.read(this.#seq, eventsPerTurn);
      let begunAt = performance.now();
      for (const event of events) {
        onEvent(event);
        this.#seq = event.seq;
        if (performance.now() - begunAt < turnMs) continue;
        await nextTurn();
        begunAt = performance.now();
      }
      // The last ids before a crash may have no events.
      if (events.length === 0) this.#seq = head;
      onRead();
      if (this.#seq < log.headSeq) await nextTurn();
    }
  }

  /** The stored log can be read at last: rolls up what follows its position there, up to where this run began. */
  async #catchUp(): Promise<void> {
    const { log, onEarlierSample, onCaughtUp } = this.#options;
    if (this.#isLogKnown || log.isProvisional) return;
    const stored = this.#storedPosition;
    let at = stored?.logId === log.id ? stored.seq : log.tailSeq - 1;
    for (;;) {
      const events = await log.read(at, eventsPerTurn);
      const earlier = events.filter(({ seq }) => seq < this.#firstSeq);
      for (const event of earlier) if (isSampleType(event.type)) onEarlierSample(event);
      at = earlier.at(-1)?.seq ?? at;
      if (earlier.length === 0 || earlier.length < events.length) break;
      this.#earlierSeq = at;
      await nextTurn();
    }
    this.#earlierSeq = null;
    this.#storedPosition = null;
    this.#isLogKnown = true;
    onCaughtUp();
  }
}
