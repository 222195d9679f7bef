import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { isLoopback, ownAddress, plainAddress, urlsOf } from './addresses.mjs';
import { listen } from './listen.mjs';
import { inProject, root, Stop, say } from './project.mjs';
import { shutDownOnSignal } from './shutdown.mjs';

/**
 * Names the peer of the connection to the routes. Whatever a client sends by this name is overwritten;
 * `X-Forwarded-For`, which Next.js fills in, is believed from clients and so proves nothing.
 */
const peerHeader = 'x-hostbeat-peer';

/** Longer than what reverse proxies keep an idle connection for (60 s), or they would write into a closed one. */
const keepAliveMs = 65_000;

/** Tells the runtime that this server names peers and owns the signals; see lib/server-mark.ts. */
globalThis[Symbol.for('hostbeat.server')] = true;

/** For tests: `route` leaves the feed to its route handler, which is what a server without this script has. */
const direct = process.env.HOSTBEAT_TEST_SINK !== 'route';

const runtime = () => globalThis[Symbol.for('hostbeat.runtime')];

/**
 * Serves until a signal comes. In production the feed is answered before Next.js sees the request, from the same
 * cursors as its route handler's.
 */
export async function serve({ config, dev }) {
  process.env.NODE_ENV = dev ? 'development' : 'production';
  process.env.NEXT_TELEMETRY_DISABLED ??= '1';
  process.chdir(root);

  let ready;
  const handler = new Promise((resolve) => {
    ready = resolve;
  });
  const server = createServer((incoming, answer) => {
    incoming.headers[peerHeader] = plainAddress(incoming.socket.remoteAddress);
    if (refuseBadPath(incoming, answer)) return;
    if (direct && !dev && runtime()?.serveFeed(incoming, answer)) return;
    unlistHeaders(answer);
    if (!server.listening) answer.setHeader('Connection', 'close');
    handler
      .then((handle) => handle(incoming, answer))
      .catch((error) => {
        console.error(error);
        if (!answer.headersSent) answer.writeHead(500);
        answer.end();
      });
  });
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = keepAliveMs + 5_000;

  // First of all, since a taken port should be told before anything is loaded; early requests wait.
  const port = await listen(server, config);
  process.env.PORT = String(port);

  let app;
  shutDownOnSignal(server, async () => {
    await runtime()?.stop();
    if (dev) await app?.close();
  });

  if (!dev) handOverBuiltConfig();
  const { default: next } = await import('next');
  app = next({ dev, dir: root, hostname: config.host, port, httpServer: server });
  await app.prepare();
  ready(app.getRequestHandler());
  await startRuntime(config.host, port);
  announce(config.host, port);
}

/** Next.js sets each header of a route as a list, and then leaves the answer uncompressed: a list is no known type. */
function unlistHeaders(answer) {
  const setHeader = answer.setHeader.bind(answer);
  answer.setHeader = (name, value) =>
    setHeader(name, Array.isArray(value) && value.length === 1 ? value[0] : value);
}

/** A path whose percent signs encode nothing is the client's mistake; Next.js would answer 500. */
function refuseBadPath({ url = '' }, answer) {
  try {
    decodeURIComponent(url.split('?', 1)[0]);
    return false;
  } catch {
    const detail = 'The path is not percent-encoded UTF-8';
    answer.writeHead(400, { 'Content-Type': 'application/problem+json; charset=utf-8' });
    answer.end(
      JSON.stringify({
        type: '/problems/bad-path',
        title: 'The path is not understood',
        status: 400,
        detail,
      }),
    );
    return true;
  }
}

/**
 * Hands Next.js the configuration as the build resolved it, as its own standalone server does. It would otherwise
 * load its compiler to read next.config.ts: 50 MiB and 0.1 s for a file that has not changed since.
 */
function handOverBuiltConfig() {
  try {
    const { config } = JSON.parse(readFileSync(inProject('.next', 'required-server-files.json'), 'utf8'));
    process.env.__NEXT_PRIVATE_STANDALONE_CONFIG ??= JSON.stringify(config);
  } catch {
    // Without it Next.js reads next.config.ts, which works as well.
  }
}

/** Next.js runs instrumentation.ts at the first request; the machine is watched from the start, so here is one. */
async function startRuntime(host, port) {
  if (runtime()) return;
  await new Promise((resolve, reject) => {
    const asked = request({ host: ownAddress(host), port, path: '/api/health', agent: false }, (answer) => {
      answer.resume().once('end', resolve).once('error', reject);
    });
    asked.once('error', reject).end();
  }).catch((error) => {
    throw new Stop(`Hostbeat could not start: it does not answer itself (${error.message})`);
  });
  if (!runtime()) throw new Stop('Hostbeat could not start: see the error above');
}

function announce(host, port) {
  const [url, ...others] = urlsOf(host, port);
  say(`Hostbeat is live at ${url}`);
  for (const other of others) say(`From other machines: ${other}`);
  if (isLoopback(host)) return;
  console.warn('Warning: no password is set, so whoever can reach this address sees this machine');
}
