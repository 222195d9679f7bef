import type { Problem } from '@/lib/protocol/problem';
import { ok, type Result, refuse } from '@/lib/protocol/result';
import { type Pause, pauseOf, type Turns } from './turns';

export interface Client {
  /** The request's address; clients without a known address count as one. */
  readonly address: string | null;
  /** Aborted when the client has disconnected. */
  readonly signal: AbortSignal;
}

export interface WorkQueue {
  /** Does the work when its turn has come. Refused with `busy` if the queue is full; rejects as `work` does. */
  run<T>(client: Client, work: (pause: Pause) => Promise<T>): Promise<Result<T>>;
  readonly running: number;
  readonly waiting: number;
}

export interface WorkQueueOptions {
  /** What the work is for, as a refusal names it. */
  readonly kind: string;
  /** Shares the event loop with all other long work. */
  readonly turns: Turns;
  /** Pieces of work at once. Default 1. */
  readonly runningMax?: number;
  /** Queue length for all addresses. Default 64. */
  readonly waitingMax?: number;
  /** Queue length for one address. Default 16. */
  readonly waitingPerAddress?: number;
}

interface Waiting {
  readonly address: string;
  start(): void;
}

/** Ends work whose client has disconnected. */
class AbandonedError extends Error {
  readonly code = 'abandoned';
}

const retryAfterSeconds = 2;

/**
 * Long work, one piece after the other and in turns of the event loop, so that sampling, the feed and short requests
 * are not delayed. Addresses alternate: one with many requests delays only itself.
 */
export function openWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { kind, turns, runningMax = 1, waitingMax = 64, waitingPerAddress = 16 } = options;
  const pause = pauseOf(turns);
  let running = 0;
  const waiting: Waiting[] = [];
  /** Addresses in the order in which they were served last; only of those that wait. */
  let served: string[] = [];

  function refusalFor(address: string | null): Problem | null {
    const name = address ?? '';
    const isFull = waiting.length >= waitingMax;
    if (!isFull && waiting.filter((one) => one.address === name).length < waitingPerAddress) return null;
    const who = isFull ? 'All clients together' : (address ?? 'This client');
    return {
      code: 'busy',
      detail: `${who} asked for more of ${kind} at once than may wait`,
      retryAfterSeconds,
    };
  }

  /** Starts the next piece of work of the address that was served longest ago. */
  function startNext(): void {
    if (running >= runningMax || waiting.length === 0) return;
    const rank = ({ address }: Waiting) => served.indexOf(address);
    const next = waiting.reduce((first, one) => (rank(one) < rank(first) ? one : first));
    waiting.splice(waiting.indexOf(next), 1);
    next.start();
  }

  function noteServed(address: string): void {
    const stillWait = new Set(waiting.map((one) => one.address));
    served = [...served.filter((one) => one !== address && stillWait.has(one)), address];
  }

  function turnOf(client: Client): Promise<void> {
    const address = client.address ?? '';
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        address,
        start() {
          client.signal.removeEventListener('abort', leave);
          running += 1;
          noteServed(address);
          resolve();
        },
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(new AbandonedError());
      };
      if (running < runningMax) return entry.start();
      waiting.push(entry);
      client.signal.addEventListener('abort', leave, { once: true });
    });
  }

  function pauseFor({ signal }: Client): Pause {
    return async () => {
      if (!signal.aborted) await pause();
      if (signal.aborted) throw new AbandonedError();
    };
  }

  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting.length;
    },
    async run(client, work) {
      const abandoned = refuse({ code: 'busy', detail: 'The client has left' });
      if (client.signal.aborted) return abandoned;
      const problem = running >= runningMax ? refusalFor(client.address) : null;
      if (problem) return refuse(problem);
      try {
        await turnOf(client);
        try {
          const pause = pauseFor(client);
          await pause();
          return ok(await work(pause));
        } finally {
          running -= 1;
          startNext();
        }
      } catch (error) {
        if (error instanceof AbandonedError) return abandoned;
        throw error;
      }
    },
  };
}

const kinds = ['history', 'csv', 'export', 'preview', 'gaps', 'search'] as const;

export type WorkQueues = Readonly<Record<(typeof kinds)[number], WorkQueue>>;

/** A queue for each kind of request that takes long: one kind does not wait for another. */
export function openWorkQueues(turns: Turns): WorkQueues {
  return Object.fromEntries(kinds.map((kind) => [kind, openWorkQueue({ kind, turns })])) as WorkQueues;
}
