import { inProject } from '../../scripts/project.mjs';
import { launch, onCore } from '../server.mjs';
import { startHostbeat } from './hostbeat.mjs';
import { serverCore } from './measure.mjs';
import { startNchan } from './nchan.mjs';
import { buildNextApp } from './next.mjs';

/** A program of this folder, on its own core. */
async function startProgram(file, ...args) {
  const command = [process.execPath, inProject('bench/feed', file), ...args];
  const server = await launch(onCore(serverCore, command), {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return { ...server, path: '/' };
}

/** All that is measured; the first is what the others are held against. */
export const servers = [
  { name: 'bare node:http, `res.write`', start: () => startProgram('bare.mjs') },
  { name: 'bare node:http, framed chunk', start: () => startProgram('bare.mjs', 'framed') },
  { name: 'nginx + nchan', start: startNchan },
  { name: 'better-sse', start: () => startProgram('better-sse.mjs') },
  { name: 'Hono `streamSSE`', start: () => startProgram('hono.mjs') },
  {
    name: 'Next route handler that enqueues',
    start: async () => startProgram('next-server.mjs', await buildNextApp()),
  },
  { name: 'Hostbeat', start: startHostbeat },
  {
    name: 'Hostbeat, route handler alone',
    start: (options) => startHostbeat({ ...options, env: { HOSTBEAT_TEST_SINK: 'route' } }),
  },
];
