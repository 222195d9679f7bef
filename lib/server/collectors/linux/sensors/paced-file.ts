import type { Clock } from '@/lib/server/concurrency/clock';
import { openPseudoFile, readHead } from '../procfs/pseudo-file';
import type { SlowQueue } from '../procfs/slow-queue';
import { wholeNumber } from './sysfs';

/** A file's number, and when it was read in ms on a clock that never steps; `null` when it would not tell. */
export interface TimedReading {
  readonly raw: number | null;
  readonly atMs: number;
}

export interface PacedFile {
  /** The number of this moment; of a slow file the one that was read last, or `null` once that is too old. */
  latest(): TimedReading | null;
  close(): void;
}

export interface PacedFileOptions {
  readonly path: string;
  readonly queue: SlowQueue;
  readonly clock: Clock;
  readonly readNow?: () => string;
  readonly readAside?: () => Promise<string | null>;
}

const valueBytes = 64;
/** The kernel answers from a register in 5 to 30 µs; what takes longer asks over a bus, or firmware, or a disk. */
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
 * A sensor's file at the pace that it can keep. One that answers at once is read on the main thread, where that
 * costs a tenth of what a thread of the pool does; any other is read aside, since some hang for half a second.
 */
export function openPacedFile({ path, queue, clock, ...ways }: PacedFileOptions): PacedFile {
  const file = openPseudoFile(path, valueBytes);
  const readNow = ways.readNow ?? file.read;
  const readAside = ways.readAside ?? (() => readHead(path, valueBytes));
  let isPrompt = false;
  let strikes = 0;
  let promptReads = 0;
  let promptReadsNeeded = 1;
  let isQueued = false;
  let dueAtMs = Number.NEGATIVE_INFINITY;
  let restMs = 0;
  let last: TimedReading | null = null;

  function readHere(): TimedReading {
    const startMs = clock.monotonicMs();
    const raw = numberIn(readNow);
    const atMs = clock.monotonicMs();
    strikes = atMs - startMs > promptMs ? strikes + 1 : 0;
    if (strikes >= strikesMax || atMs - startMs > stallMs) {
      isPrompt = false;
      promptReads = 0;
      // Each time it must prove itself for longer, lest one that is slow now and then stalls us now and then.
      promptReadsNeeded *= 8;
      file.close();
    }
    return { raw, atMs };
  }

  async function look(): Promise<void> {
    const startMs = clock.monotonicMs();
    const text = await readAside().catch(() => null);
    const atMs = clock.monotonicMs();
    last = { raw: wholeNumber(text ?? ''), atMs };
    promptReads = atMs - startMs < promptAsideMs ? promptReads + 1 : 0;
    isPrompt = promptReads >= promptReadsNeeded;
    strikes = 0;
    restMs = Math.min(restMsMax, (atMs - startMs) * restFactor);
    dueAtMs = atMs + restMs;
    isQueued = false;
  }

  return {
    close: file.close,
    latest() {
      if (isPrompt) {
        last = readHere();
        return last;
      }
      if (!isQueued && clock.monotonicMs() >= dueAtMs) {
        isQueued = queue.add(look);
      }
      return last && clock.monotonicMs() - last.atMs <= restMs * 2 + staleMs ? last : null;
    },
  };
}

function numberIn(read: () => string): number | null {
  try {
    return wholeNumber(read());
  } catch {
    return null;
  }
}
