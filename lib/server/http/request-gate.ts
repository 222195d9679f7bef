import type { IncomingMessage, ServerResponse } from 'node:http';
import { peerHeader } from './peer';
import { problemAnswer } from './respond';

/**
 * Stands before Next.js, which does a request's work in one piece: some ms for a route, more for a page. A hundred at once
 * would hold up the samples and everybody's streams for as long as all of them take.
 */
export interface RequestGate {
  /** Calls `start` in a turn of the event loop that begins no other request; answers `busy` where too many wait. */
  admit(incoming: IncomingMessage, answer: ServerResponse, start: () => void): void;
  readonly waiting: number;
}

export interface RequestGateOptions {
  /** So many wait, of all addresses. Default 1024. */
  readonly waitingMax?: number;
  /** So many wait of one address. Default 256: a reloading browser with every panel in a frame has a few dozen. */
  readonly waitingPerAddress?: number;
  /** How many are under way at once. */
  readonly pages?: Bound;
  readonly routes?: Bound;
  /** Calls back in the event loop's next turn that has nothing more urgent to do. */
  readonly nextTurn?: (run: () => void) => void;
  /** Whether this turn has something more urgent to do. Default never. */
  readonly isTaken?: () => boolean;
}

interface Bound {
  readonly atOnce: number;
  /** One that takes longer waits for something, such as a client that does not read, and counts no more. */
  readonly holdMs: number;
}

interface Waiting {
  readonly kind: 'pages' | 'routes';
  readonly answer: ServerResponse;
  readonly start: () => void;
}

const retryAfterSeconds = 2;
/** Streams cost a turn and then nothing here; how many there may be is up to admission. */
const stream = /^\/api\/events(?:\?|$)/;
const withoutRendering = /^\/(?:api|_next\/static)\/|\.[a-z0-9]{2,5}(?:\?|$)/;

export function openRequestGate(options: RequestGateOptions = {}): RequestGate {
  return new Gate({
    waitingMax: 1024,
    waitingPerAddress: 256,
    pages: { atOnce: 1, holdMs: 500 },
    routes: { atOnce: 8, holdMs: 100 },
    nextTurn: setImmediate,
    isTaken: () => false,
    ...options,
  });
}

class Gate implements RequestGate {
  readonly #options: Required<RequestGateOptions>;
  /** By address, the one that is to be served next first. */
  readonly #queues = new Map<string, Waiting[]>();
  #waiting = 0;
  readonly #underWay = { pages: 0, routes: 0 };
  #isTurnTaken = false;

  constructor(options: Required<RequestGateOptions>) {
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
    return this.#underWay[kind] < this.#options[kind].atOnce;
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
    const late = setTimeout(over, this.#options[kind].holdMs);
    late.unref();
    answer.once('finish', over).once('close', over);
  }

  /** Nothing else begins in this turn; in the next one, what has waited longest of the address whose turn it is. */
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
      // The others have their turn before this address has another.
      if (queue.length > 0) {
        this.#queues.delete(address);
        this.#queues.set(address, queue);
      }
      return found.answer.destroyed ? this.#next() : found;
    }
    return null;
  }
}
