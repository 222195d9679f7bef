import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@/lib/server/concurrency/clock';
import { isOnReadOnlyFileSystem } from '@/lib/server/storage/fault';
import { OwnedError, type Ownership, takeOwnership } from '@/lib/server/storage/ownership';

const retryMs = 100;
const usualWaitMs = 6_000;

interface WaitOptions {
  /** Default 6 s. */
  readonly waitForOwnerMs?: number;
  readonly clock: Clock;
}

/** Holds the lock of the data folder: two writers would use the same ids. */
export class FolderOwner {
  readonly #lockPath: string;
  #ownership: Ownership | null = null;
  #isTaken = false;

  constructor(lockPath: string) {
    this.#lockPath = lockPath;
  }

  /** Whether another Hostbeat has the folder. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Takes the lock, or makes sure that it still is held. Throws. */
  take(): void {
    if (this.#ownership?.isCurrent()) return;
    this.release();
    try {
      this.#ownership = takeOwnership(this.#lockPath);
      this.#isTaken = false;
    } catch (error) {
      this.#isTaken = error instanceof OwnedError;
      // No process can write there, so the data can be read.
      if (!isOnReadOnlyFileSystem(this.#lockPath)) throw error;
    }
  }

  /** Waits for a Hostbeat that is just stopping. */
  async wait({ waitForOwnerMs = usualWaitMs, clock }: WaitOptions): Promise<void> {
    const deadline = clock.monotonicMs() + waitForOwnerMs;
    while (!this.#ownership) {
      try {
        this.take();
        return;
      } catch {
        if (!this.#isTaken || clock.monotonicMs() >= deadline) return;
        await delay(retryMs);
      }
    }
  }

  release(): void {
    this.#ownership?.release();
    this.#ownership = null;
  }
}
