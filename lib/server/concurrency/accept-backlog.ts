/**
 * Node.js accepts one new connection in each turn of its event loop (libuv's `uv__server_io`, since 1.45). While a client
 * opens hundreds, each of them, and everybody who comes behind them, waits for all that is done in as many turns.
 * Hence work that can wait gives way while connections come.
 */
export interface AcceptBacklog {
  /** A connection was accepted in this turn: the server's `connection`. */
  accepted(): void;
  /** Whether more may wait to be accepted. False in one turn of `yieldedMax`, or connections alone would stop all work. */
  readonly isDraining: boolean;
  /** Calls `run` in the next turn in which it is false. */
  nextTurn(run: () => void): void;
}

export interface AcceptBacklogOptions {
  /** Work gives way in so many turns in a row. Default 64: with nothing else to do they take some 20 ms together. */
  readonly yieldedMax?: number;
  /** Calls back in the event loop's next turn. */
  readonly schedule?: (run: () => void) => void;
}

/** A request comes in the turn after its connection: turns without a connection until nobody is waited for. */
const quietTurns = 2;

export function openAcceptBacklog(options: AcceptBacklogOptions = {}): AcceptBacklog {
  const { yieldedMax = 64, schedule = setImmediate } = options;
  let quiet = quietTurns;
  let yielded = 0;
  let isCounting = false;

  const isDraining = () => quiet < quietTurns && yielded < yieldedMax;

  function count(): void {
    if (isCounting) return;
    isCounting = true;
    schedule(() => {
      isCounting = false;
      quiet += 1;
      yielded = quiet >= quietTurns || yielded >= yieldedMax ? 0 : yielded + 1;
      if (quiet < quietTurns) count();
    });
  }

  function nextTurn(run: () => void): void {
    schedule(() => {
      if (isDraining()) nextTurn(run);
      else run();
    });
  }

  return {
    accepted() {
      quiet = 0;
      count();
    },
    get isDraining() {
      return isDraining();
    },
    nextTurn,
  };
}
