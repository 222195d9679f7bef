import type { Turns } from '@/lib/server/concurrency/turns';
import type { ReplayStep, StepBatch } from './step';
import type { StepSource } from './step-source';

export interface StepReaderOptions {
  /** Shares the event loop between all long work. */
  readonly turns: Turns;
  /** How far apart measurements are, in ms, until the first batch is read. */
  readonly spacingMs: number;
  /** A read has ended, so that there may be a step now. */
  readonly onRead: () => void;
  readonly onError: () => void;
}

/** Reads a replay's steps: one batch in memory, one read at a time. */
export class StepReader {
  readonly #options: StepReaderOptions;
  #source: StepSource | null = null;
  #batch: StepBatch;
  #index = 0;
  #isReading = false;
  #isClosed = false;
  #activeRead: object | null = null;
  #isAtHead = false;

  constructor(options: StepReaderOptions) {
    this.#options = options;
    this.#batch = { steps: [], spacingMs: options.spacingMs };
  }

  /** The next step; `undefined` until it is read, and at the head. */
  get current(): ReplayStep | undefined {
    return this.#batch.steps[this.#index];
  }

  get spacingMs(): number {
    return this.#batch.spacingMs;
  }

  /** All steps up to the log's head were read. */
  get isAtHead(): boolean {
    return this.#isAtHead;
  }

  /** The read under way, the same object while it lasts; `null` while there is none or it waits in a queue. */
  get activeRead(): object | null {
    return this.#activeRead;
  }

  advance(): void {
    this.#index += 1;
  }

  /** Reads from the source that `opening` resolves with. */
  open(opening: Promise<StepSource>): void {
    this.#run(
      opening.then((source) => {
        this.#source = source;
      }),
    );
  }

  /** Reads the next batch, unless a read is under way. */
  readMore(): void {
    if (!this.#isReading && this.#source) this.#run(this.#read(this.#source));
  }

  noteBegin(): void {
    this.#activeRead = {};
  }

  noteQueued(): void {
    this.#activeRead = null;
  }

  close(): void {
    this.#isClosed = true;
    this.#batch = { steps: [], spacingMs: this.#options.spacingMs };
  }

  #run(work: Promise<void>): void {
    this.#isReading = true;
    this.noteBegin();
    work.catch(this.#options.onError).finally(() => {
      this.#isReading = false;
      this.#activeRead = null;
      if (!this.#isClosed) this.#options.onRead();
    });
  }

  async #read(source: StepSource): Promise<void> {
    // Other streams come first: with a narrow filter, one stream may read long stretches in a row.
    await this.#options.turns.next();
    if (this.#isClosed) return;
    const batch = await source.next();
    this.#isAtHead = batch === null;
    this.#batch = batch ?? { steps: [], spacingMs: this.#batch.spacingMs };
    this.#index = 0;
  }
}
