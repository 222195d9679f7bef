import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Keeps a core at work, holds 256 MiB, writes 20 MB a second to the disk below the working folder, and sends as much
 * to itself by TCP.
 */
const program = `
  const { closeSync, fsyncSync, openSync, writeSync } = require('node:fs');
  const { connect, createServer } = require('node:net');
  const { Worker } = require('node:worker_threads');
  new Worker('for (;;);', { eval: true });
  const held = Buffer.alloc(256 * 1024 * 1024, 1);
  const file = openSync('load', 'w');
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
    const client = connect(server.address().port, '127.0.0.1');
    setInterval(() => {
      writeSync(file, held, 0, 1024 * 1024, 0);
      fsyncSync(file);
      client.write(held.subarray(0, 1024 * 1024));
    }, 50);
    console.log('at work');
  });
  setTimeout(() => process.exit(), Number(process.argv[1]));
`;

/** Resolves when the load has begun. It ends by itself after `ms`, even if the test does not end it. */
export async function startLoad(folder: string, ms: number): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['-e', program, String(ms)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  return async () => {
    child.kill();
    await ended;
  };
}
