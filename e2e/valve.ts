import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between browsers and a server, and breaks what a test says, when it says so. */
export interface Valve {
  readonly url: string;
  /** Connections that are open now. */
  readonly open: number;
  /** Answers of the server that it is too busy: 503. */
  readonly refused: number;
  /** Ends every connection; those that come later pass. */
  cut(): void;
  /** Nothing passes any more on the open connections, or those that carry streams, and nobody is told. Later ones pass. */
  stall(which: 'streams' | 'all'): void;
  /** While shut, whoever connects is reset. */
  shut(isShut: boolean): void;
  close(): void;
}

export async function openValve(port: number): Promise<Valve> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const streams = new WeakSet<Socket>();
  let isShut = false;
  let refused = 0;
  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    if (isShut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    upstream.on('error', () => client.destroy());
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.once('close', () => {
      pairs.delete(pair);
      upstream.destroy();
    });
    upstream.once('close', () => client.destroy());
    client.pipe(upstream);
    upstream.pipe(client);
    upstream.on('data', (bytes: Buffer) => {
      if (bytes.includes('text/event-stream')) streams.add(client);
      if (bytes.includes('HTTP/1.1 503 ')) refused += 1;
    });
  });
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get open() {
      return pairs.size;
    },
    get refused() {
      return refused;
    },
    cut,
    stall(which) {
      for (const [client, upstream] of pairs) {
        if (which === 'streams' && !streams.has(client)) continue;
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.pause();
        upstream.pause();
      }
    },
    shut(next) {
      isShut = next;
    },
    close() {
      server.close();
      cut();
    },
  };
}
