/**
 * Node.js accepts one new connection in each turn of its event loop (libuv's `uv__server_io`, since 1.45). If a client
 * opens hundreds, every connection waits for all the work of as many turns. Hence long work yields while connections
 * arrive.
 */
export interface AcceptBacklog {
  /** To call on the server's `connection` event. */
  accepted(): void;
  /** Whether more connections may be waiting. False after `yieldedMax` turns in a row: connections must not stop all work. */
  readonly isDraining: boolean;
  /** Calls `run` in the next turn in which `isDraining` is false. */
  nextTurn(run: () => void): void;
}

export interface AcceptBacklogOptions {
  /** Work yields at most this many turns in a row. Default 64: idle turns take some 20 ms together. */
  readonly yieldedMax?: number;
  /** Calls back in the event loop's next turn. */
  readonly schedule?: (run: () => void) => void;
}

/** After so many turns without a connection none is expected: a request arrives in the turn after its connection. */
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
