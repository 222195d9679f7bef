import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: () => Record<string, unknown>;
}

/** What a receiver does with a request. `hang` never answers, `cut` ends the connection without an answer. */
export type Answer =
  | 'hang'
  | 'cut'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** From now on. */
  answer(how: Answer | ((request: Received, index: number) => Answer)): void;
  close(): Promise<void>;
}

/** A real HTTP server on loopback that answers as a test sets it. */
export async function openReceiver(): Promise<Receiver> {
  let how: Parameters<Receiver['answer']>[0] = { status: 200 };
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body,
      json: () => JSON.parse(body.toString()) as Record<string, unknown>,
    };
    received.push(request);
    const answer = typeof how === 'function' ? how(request, received.length - 1) : how;
    if (answer === 'hang') return;
    if (answer === 'cut') return void incoming.socket.destroy();
    outgoing.writeHead(answer.status, answer.headers).end(answer.body ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    answer(next) {
      how = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
