import type { Clock } from '@/lib/server/concurrency/clock';
import { openPseudoFile, type PseudoFile, readHead } from '../procfs/pseudo-file';
import type { SlowQueue } from '../procfs/slow-queue';
import { wholeNumber } from './sysfs';

/** A file's number, `null` when it could not be read, and when it was read in monotonic ms. */
export interface TimedValue {
  readonly raw: number | null;
  readonly atMs: number;
}

export interface PacedFileOptions {
  readonly path: string;
  readonly queue: SlowQueue;
  readonly clock: Clock;
  readonly readNow?: () => string;
  readonly readAside?: () => Promise<string | null>;
}

const valueBytes = 64;
/** The kernel answers from a register in 5 to 30 µs; slower files ask a bus, firmware or a disk. */
const promptMs = 0.2;
const strikesMax = 3;
const stallMs = 20;
/** Reading aside takes about 0.2 ms of itself. */
const promptAsideMs = 1;
/** A slow file is read so rarely that reading takes a hundredth of the time. */
const restFactor = 100;
const restMsMax = 60_000;
const staleMs = 5_000;

/**
 * A sensor's file, read as often as its speed allows. One that answers at once is read on the main thread, where that
 * costs a tenth of what a thread of the pool does; any other is read in the pool, since some hang for half a second.
 */
export class PacedFile {
  readonly #queue: SlowQueue;
  readonly #clock: Clock;
  readonly #file: PseudoFile;
  readonly #readNow: () => string;
  readonly #readAside: () => Promise<string | null>;
  readonly #speed = new FileSpeed();
  #isQueued = false;
  #dueAtMs = Number.NEGATIVE_INFINITY;
  #restMs = 0;
  #last: TimedValue | null = null;

  constructor({ path, queue, clock, readNow, readAside }: PacedFileOptions) {
    this.#queue = queue;
    this.#clock = clock;
    this.#file = openPseudoFile(path, valueBytes);
    this.#readNow = readNow ?? this.#file.read;
    this.#readAside = readAside ?? (() => readHead(path, valueBytes));
  }

  /** The current number; of a slow file the one that was read last, or `null` once that is too old. */
  latest(): TimedValue | null {
    if (this.#speed.isPrompt) {
      this.#last = this.#readHere();
      return this.#last;
    }
    const nowMs = this.#clock.monotonicMs();
    if (!this.#isQueued && nowMs >= this.#dueAtMs) this.#isQueued = this.#queue.add(() => this.#readLater());
    const last = this.#last;
    return last && nowMs - last.atMs <= this.#restMs * 2 + staleMs ? last : null;
  }

  close(): void {
    this.#file.close();
  }

  #readHere(): TimedValue {
    const startMs = this.#clock.monotonicMs();
    const raw = numberIn(this.#readNow);
    const atMs = this.#clock.monotonicMs();
    this.#speed.readHere(atMs - startMs);
    if (!this.#speed.isPrompt) this.#file.close();
    return { raw, atMs };
  }

  async #readLater(): Promise<void> {
    const startMs = this.#clock.monotonicMs();
    const text = await this.#readAside().catch(() => null);
    const atMs = this.#clock.monotonicMs();
    this.#last = { raw: wholeNumber(text ?? ''), atMs };
    this.#speed.readAside(atMs - startMs);
    this.#restMs = Math.min(restMsMax, (atMs - startMs) * restFactor);
    this.#dueAtMs = atMs + this.#restMs;
    this.#isQueued = false;
  }
}

/** Whether a file may be read on the main thread, by how long its reads have taken. */
class FileSpeed {
  #strikes = 0;
  #promptReads = 0;
  #promptReadsNeeded = 1;
  isPrompt = false;

  /** A read on the main thread took this long. */
  readHere(ms: number): void {
    this.#strikes = ms > promptMs ? this.#strikes + 1 : 0;
    if (this.#strikes < strikesMax && ms <= stallMs) return;
    this.isPrompt = false;
    this.#promptReads = 0;
    // Each time it needs more prompt reads, or a file that is slow now and then would stall the process now and then.
    this.#promptReadsNeeded *= 8;
  }

  /** A read in the pool took this long. */
  readAside(ms: number): void {
    this.#promptReads = ms < promptAsideMs ? this.#promptReads + 1 : 0;
    this.isPrompt = this.#promptReads >= this.#promptReadsNeeded;
    this.#strikes = 0;
  }
}

function numberIn(read: () => string): number | null {
  try {
    return wholeNumber(read());
  } catch {
    return null;
  }
}
