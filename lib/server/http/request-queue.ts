import type { IncomingMessage, ServerResponse } from 'node:http';
import { peerHeader } from './peer';
import { problemAnswer } from './respond';

/**
 * Bounds the requests that Next.js handles at once, and starts one in a turn of the event loop. Next.js handles a request
 * in one piece, some ms for a route and more for a page: a hundred in one turn would delay samples and all streams.
 */
export interface RequestQueue {
  /** Calls `start` in a turn of the event loop that begins no other request; answers `busy` where too many wait. */
  admit(incoming: IncomingMessage, answer: ServerResponse, start: () => void): void;
  readonly waiting: number;
}

export interface RequestQueueOptions {
  /** The most waiting requests of all addresses. Default 1024. */
  readonly waitingMax?: number;
  /** The most waiting requests of one address. Default 256: a browser that reloads every panel in a frame sends a few dozen. */
  readonly waitingPerAddress?: number;
  /** The bounds on running requests. */
  readonly pages?: Bound;
  readonly routes?: Bound;
  /** Calls back in the event loop's next turn that has nothing more urgent to do. */
  readonly nextTurn?: (run: () => void) => void;
  /** Whether this turn has more urgent work. Default never. */
  readonly isTaken?: () => boolean;
}

interface Bound {
  readonly runningMax: number;
  /** A request that runs longer is no longer counted: it waits for something, such as a client that does not read. */
  readonly countedMs: number;
}

interface Waiting {
  readonly kind: 'pages' | 'routes';
  readonly answer: ServerResponse;
  readonly start: () => void;
}

const retryAfterSeconds = 2;
/** Event streams are not counted here: `streaming/admission.ts` bounds them. */
const stream = /^\/api\/events(?:\?|$)/;
const withoutRendering = /^\/(?:api|_next\/static)\/|\.[a-z0-9]{2,5}(?:\?|$)/;

export function openRequestQueue(options: RequestQueueOptions = {}): RequestQueue {
  return new FairRequestQueue({
    waitingMax: 1024,
    waitingPerAddress: 256,
    pages: { runningMax: 1, countedMs: 500 },
    routes: { runningMax: 8, countedMs: 100 },
    nextTurn: setImmediate,
    isTaken: () => false,
    ...options,
  });
}

class FairRequestQueue implements RequestQueue {
  readonly #options: Required<RequestQueueOptions>;
  /** By address; the first address is served next. */
  readonly #queues = new Map<string, Waiting[]>();
  #waiting = 0;
  readonly #underWay = { pages: 0, routes: 0 };
  #isTurnTaken = false;

  constructor(options: Required<RequestQueueOptions>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting;
  }

  admit(incoming: IncomingMessage, answer: ServerResponse, start: () => void): void {
    if (stream.test(incoming.url ?? '') && incoming.method === 'GET') {
      start();
      return;
    }
    const kind = withoutRendering.test(incoming.url ?? '') ? ('routes' as const) : ('pages' as const);
    const request = { kind, answer, start };
    const isFree = !this.#isTurnTaken && !this.#options.isTaken();
    if (isFree && this.#waiting === 0 && this.#mayStart(request)) {
      this.#begin(request);
      return;
    }
    const address = incoming.headers[peerHeader]?.toString() ?? '';
    const queue = this.#queues.get(address) ?? [];
    const { waitingMax, waitingPerAddress } = this.#options;
    if (this.#waiting >= waitingMax || queue.length >= waitingPerAddress) {
      const who = queue.length >= waitingPerAddress ? 'This client' : 'All clients together';
      const detail = `${who} asked for more at once than may wait`;
      const { status, headers, body } = problemAnswer({ code: 'busy', detail, retryAfterSeconds });
      answer.writeHead(status, headers).end(body);
      return;
    }
    queue.push(request);
    this.#queues.set(address, queue);
    this.#waiting += 1;
    this.#takeTurn();
  }

  #mayStart({ kind }: Waiting): boolean {
    return this.#underWay[kind] < this.#options[kind].runningMax;
  }

  #begin(request: Waiting): void {
    this.#count(request);
    this.#takeTurn();
    request.start();
  }

  #count({ kind, answer }: Waiting): void {
    this.#underWay[kind] += 1;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(late);
      this.#underWay[kind] -= 1;
      if (this.#waiting > 0) this.#takeTurn();
    };
    const late = setTimeout(over, this.#options[kind].countedMs);
    late.unref();
    answer.once('finish', over).once('close', over);
  }

  /** Starts no other request in this turn. The next turn starts the oldest waiting request of the first address. */
  #takeTurn(): void {
    if (this.#isTurnTaken) return;
    this.#isTurnTaken = true;
    this.#options.nextTurn(() => {
      this.#isTurnTaken = false;
      const next = this.#next();
      if (next) this.#begin(next);
    });
  }

  #next(): Waiting | null {
    for (const [address, queue] of this.#queues) {
      const index = queue.findIndex((one) => one.answer.destroyed || this.#mayStart(one));
      const [found] = index === -1 ? [] : queue.splice(index, 1);
      if (queue.length === 0) this.#queues.delete(address);
      if (!found) continue;
      this.#waiting -= 1;
      // The other addresses are served before this one is again.
      if (queue.length > 0) {
        this.#queues.delete(address);
        this.#queues.set(address, queue);
      }
      return found.answer.destroyed ? this.#next() : found;
    }
    return null;
  }
}
