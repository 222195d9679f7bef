import { once } from 'node:events';
import { WebSocket } from 'undici';
import type { RunningServer } from './server';

/** Lets a server be asked to collect; its port is its own choice. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Has a server that was started as `inspected` collect its garbage, all of it. */
export async function collect(server: RunningServer): Promise<void> {
  const address = /Debugger listening on (ws:\S+)/.exec(server.output())?.[1];
  if (!address) throw new Error(`The server has no inspector\n${server.output()}`);
  const socket = new WebSocket(address);
  await once(socket, 'open');
  // Twice: what a first collection finalises, a second one frees.
  for (const id of [1, 2]) {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await answered;
  }
  socket.close();
}
