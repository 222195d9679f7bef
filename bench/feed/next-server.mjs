import { createServer } from 'node:http';
import next from 'next';
import { listenAndSay } from './ticks.mjs';

/** Serves the Next.js app in the folder that is its argument. */
const server = createServer();
const app = next({ dev: false, dir: process.argv[2], httpServer: server });
await app.prepare();
server.on('request', app.getRequestHandler());
listenAndSay(server);
