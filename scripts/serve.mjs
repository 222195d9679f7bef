import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, request, Server, ServerResponse } from 'node:http';
import { isLoopback, ownAddress, urlsOf } from './addresses.mjs';
import { listen } from './listen.mjs';
import { inProject, root, Stop, say } from './project.mjs';
import { shutDownOnSignal } from './shutdown.mjs';

/** Longer than what reverse proxies keep an idle connection for (60 s), or they would write into a closed one. */
const keepAliveMs = 65_000;
/** What clients are told, so that none sends a request on a connection that is being closed (RFC 9112, 9.3.1). */
const keepAliveHint = 'timeout=60';
/** A head of 16 KiB, and then a body of 64 KiB, come within seconds; who is slower holds a connection and no more. */
const timeouts = { headersTimeout: 15_000, requestTimeout: 40_000, connectionsCheckingInterval: 2_000 };

/** Marks the request by which the server starts the runtime, before there is a guard. */
const startHeader = 'x-hostbeat-start';
const startToken = randomUUID();

/** Tells the runtime that this server names peers and owns the signals; see lib/server/http/peer.ts. */
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

  const handler = promised();
  const started = promised();
  /** Nothing passes the guard before there is a runtime. */
  function admitted(incoming, answer) {
    if (!dev && runtime().serveHealth(incoming, answer)) return;
    if (!dev && direct && runtime().serveFeed(incoming, answer)) return;
    runtime().requestQueue.admit(incoming, answer, () => handle(incoming, answer));
  }
  function handle(incoming, answer) {
    unlistHeaders(answer);
    if (!server.listening) answer.setHeader('Connection', 'close');
    handler.promise
      .then((next) => next(incoming, answer))
      .catch((error) => {
        console.error(error);
        if (!answer.headersSent) answer.writeHead(500);
        answer.end();
      });
  }
  async function onRequest(incoming, answer) {
    if (answer.shouldKeepAlive) answer.setHeader('Keep-Alive', keepAliveHint);
    if (!runtime()) {
      if (incoming.headers[startHeader] === startToken) return handle(incoming, answer);
      await started.promise;
    }
    runtime().guard.admit(incoming, answer, (checked) => admitted(checked, answer));
  }

  // The guard answers what is wrong with Host, in words.
  const server = createServer({ ...timeouts, keepAliveTimeout: keepAliveMs, requireHostHeader: false });
  // Node.js would drop those beyond 2,000 in silence; a head has 16 KiB in any case, and the guard counts.
  server.maxHeadersCount = 0;
  server.on('connection', () => runtime()?.acceptBacklog.accepted());
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, onRequest);
  server.on('connect', (incoming, socket) => {
    if (runtime()) runtime().guard.refuseTunnel(incoming, socket);
    else socket.destroy();
  });
  server.on('clientError', (error, socket) => {
    if (runtime()) runtime().guard.refuseBroken(error, socket);
    else socket.destroy();
  });
  // Without a listener for it Node.js answers a request to upgrade as any other; Next.js would add one that answers none.
  const upgrades = new Server();
  if (dev) server.on('upgrade', (...upgrade) => passUpgrade(upgrades, onRequest, upgrade));

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
  app = next({ dev, dir: root, hostname: config.host, port, httpServer: upgrades });
  await app.prepare();
  handler.resolve(app.getRequestHandler());
  await startRuntime(config.host, port);
  started.resolve();
  announce(config.host, port);
}

/** Next.js sets each header of a route as a list, and then leaves the answer uncompressed: a list is no known type. */
function unlistHeaders(answer) {
  const setHeader = answer.setHeader.bind(answer);
  answer.setHeader = (name, value) =>
    setHeader(name, Array.isArray(value) && value.length === 1 ? value[0] : value);
}

/** `next dev` tells its pages of changes by a WebSocket; any other request to upgrade is answered as it is. */
function passUpgrade(upgrades, onRequest, [incoming, socket, head]) {
  if (/^websocket$/i.test(incoming.headers.upgrade) && incoming.url.startsWith('/_next/')) {
    upgrades.emit('upgrade', incoming, socket, head);
    return;
  }
  const answer = new ServerResponse(incoming);
  answer.shouldKeepAlive = false;
  answer.assignSocket(socket);
  answer.once('finish', () => socket.end());
  void onRequest(incoming, answer);
}

function promised() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
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
    const asked = request(
      {
        host: ownAddress(host),
        port,
        path: '/api/health',
        agent: false,
        headers: { [startHeader]: startToken },
      },
      (answer) => {
        answer.resume().once('end', resolve).once('error', reject);
      },
    );
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
