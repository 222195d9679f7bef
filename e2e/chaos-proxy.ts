import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { branch, type Random } from './random';

/**
 * How a connection ends. `reset`: RST to both sides. `half-close`: the client's side is closed, the server's
 * stays for a while. `deaf`: the server sees that the client has nothing more to send. `abandon`: the client is
 * reset, and the server goes on writing to nobody until it notices.
 */
const endings = ['reset', 'close', 'half-close', 'deaf', 'abandon'] as const;

/** What happens to one connection. Drawn from the seed and its number alone. */
export interface Fate {
  readonly ending: (typeof endings)[number];
  /** The end comes after this many bytes of the answer, or this long after the first, whichever is sooner. */
  readonly afterBytes: number;
  readonly afterMs: number;
  /** Bytes that are passed on at once, to the server and to the client. */
  readonly requestSlice: number;
  readonly answerSlice: number;
  /** Before each piece that the server wrote. */
  readonly delayMs: number;
  /** Nothing passes for this long, once, from this byte on. */
  readonly stallAtByte: number;
  readonly stallMs: number;
}

/** Roughly the head of an answer: a cut within it is one case among many. */
const headBytes = 400;
/** As likely a few as a few thousand. */
const spread = (random: Random, high: number) => Math.floor(high ** random.next());

export function fateOf(seed: number, connection: number): Fate {
  const random = branch(seed, connection);
  const afterBytes = random.next() < 0.1 ? random.between(1, headBytes) : headBytes + spread(random, 40_000);
  const stallMs = random.next() < 0.2 ? random.between(1, 300) : 0;
  return {
    ending: random.pick(endings),
    afterBytes,
    afterMs: 5 + Math.floor(200 * random.next() ** 3) + random.pick([0, stallMs]),
    requestSlice: random.pick([1, 11, 4096, 4096]),
    answerSlice: random.pick([1, 7, 100, 1460, 65_536, 65_536]),
    delayMs: random.pick([0, 0, 0, 1, 10]),
    stallAtByte: random.between(0, afterBytes),
    stallMs,
  };
}

export interface ChaosProxy {
  readonly port: number;
  /** From now on connections are passed on untouched. */
  calm(): void;
  close(): void;
}

const lingerMs = 50;

/** Stands between a client and the port of a server, and does to each connection what the seed says. */
export async function openChaosProxy(target: number, seed: number): Promise<ChaosProxy> {
  const open = new Set<Socket>();
  let connections = 0;
  let isCalm = false;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      // A broken connection is what this is for; whoever waits for the socket sees it closed.
      socket.on('error', () => socket.destroy());
    }
    connections += 1;
    if (isCalm) {
      client.pipe(upstream);
      upstream.pipe(client);
    } else {
      torment(client, upstream, fateOf(seed, connections));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    calm() {
      isCalm = true;
    },
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function torment(client: Socket, upstream: Socket, fate: Fate): void {
  let isOver = false;
  let late: NodeJS.Timeout | null = null;

  const reset = () => {
    client.resetAndDestroy();
    upstream.resetAndDestroy();
  };
  /** The server's side lives on for a moment, then it goes too. */
  const linger = () => setTimeout(() => upstream.destroy(), lingerMs);
  const finish: Record<Fate['ending'], () => void> = {
    reset,
    close() {
      client.destroy();
      upstream.destroy();
    },
    'half-close'() {
      client.end();
      upstream.resume();
      linger();
    },
    deaf() {
      upstream.end();
      setTimeout(reset, lingerMs);
    },
    abandon() {
      client.resetAndDestroy();
      linger();
    },
  };

  function end(): void {
    if (isOver) return;
    isOver = true;
    if (late) clearTimeout(late);
    finish[fate.ending]();
  }

  client.once('close', end);
  upstream.once('close', () => {
    end();
    client.destroySoon();
  });

  /** Passes bytes on in slices, at most `limit` of them; `true` when the sender ended before that. */
  async function pass(from: Socket, to: Socket, slice: number, limit: number): Promise<boolean> {
    let passed = 0;
    let stallMs = limit === Number.POSITIVE_INFINITY ? 0 : fate.stallMs;
    /** `false` when not all of the chunk may be passed on. */
    async function passChunk(chunk: Buffer): Promise<boolean> {
      for (let offset = 0; offset < chunk.length; ) {
        if (passed >= fate.stallAtByte && stallMs > 0) {
          await delay(stallMs);
          stallMs = 0;
        }
        const piece = chunk.subarray(offset, offset + Math.min(slice, limit - passed));
        if (isOver || piece.length === 0) return false;
        if (!to.write(piece)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
        offset += piece.length;
        passed += piece.length;
        if (offset < chunk.length) await turn();
      }
      return true;
    }
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      if (from === upstream) late ??= setTimeout(end, fate.afterMs);
      if (fate.delayMs > 0) await delay(fate.delayMs);
      if (!(await passChunk(chunk))) return false;
    }
    return !isOver;
  }

  // A socket that broke while it was read is closed, and `end` has received of that.
  pass(client, upstream, fate.requestSlice, Number.POSITIVE_INFINITY).catch(end);
  pass(upstream, client, fate.answerSlice, fate.afterBytes).then(
    // What the server has ended by itself ends for the client the same way.
    (hasEnded) => (hasEnded ? client.end() : end()),
    end,
  );
}
