import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureBuilt, loadConfigModule, version } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { giveUp, root, say } from './run.mjs';

const usage = 'Usage: npm start [-- --port N --host ADDRESS --help --version]';
/** Open streams are asked to end; what has not ended by then is cut, so that the process is gone within 5 s. */
const graceMs = 3_500;

function readArguments() {
  const options = /** @type {const} */ ({
    dev: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
    port: { type: 'string', short: 'p' },
    host: { type: 'string', short: 'H' },
  });
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return giveUp(`${error.message.split('.')[0]}. ${usage}`);
  }
}

function help(variables) {
  const lines = variables.map(({ name, takes, fallback, meaning }) => {
    const isDefault = fallback === '' ? '' : ` [${fallback}]`;
    return `  ${name}${isDefault}\n      ${meaning}. Takes ${takes}.`;
  });
  return `Hostbeat ${version}: this machine, live in the browser.\n\n${usage}\n\nVariables [default]:\n${lines.join('\n')}`;
}

function readConfig({ parseConfig, unknownVariables }) {
  for (const name of unknownVariables(process.env))
    say(`Note: ${name} is not a variable of Hostbeat's; see npm start -- --help`);
  try {
    return parseConfig(process.env);
  } catch (error) {
    return giveUp(error.message);
  }
}

/** Where a person can open it: every address of this machine, when it listens on all. */
function urls(host, port) {
  const everywhere = host === '0.0.0.0' || host === '::';
  if (!everywhere) return [`http://${host.includes(':') ? `[${host}]` : host}:${port}`];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outer = addresses.filter(({ internal, family }) => !internal && family === 'IPv4');
  return ['127.0.0.1', ...outer.map(({ address }) => address)].map((address) => `http://${address}:${port}`);
}

function isLoopback(host) {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

const reasons = {
  EADDRINUSE: (port) => `Port ${port} is taken. Choose another: PORT=${port + 1} npm start`,
  EACCES: (port) =>
    `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`,
  EADDRNOTAVAIL: () => 'HOST is not an address of this machine.',
  ENOTFOUND: () => 'HOST is not a name that can be found.',
};

const given = readArguments();
if (given.version) {
  say(version);
  process.exit(0);
}
if (given.port !== undefined) process.env.PORT = given.port;
if (given.host !== undefined) process.env.HOST = given.host;

await ensureInstalled();
const configModule = await loadConfigModule();
if (given.help) {
  say(help(configModule.describeConfig()));
  process.exit(0);
}
const config = readConfig(configModule);
const dev = given.dev === true;
process.env.NODE_ENV = dev ? 'development' : 'production';
process.env.NEXT_TELEMETRY_DISABLED = '1';
// Next would end the process at a signal on its own terms; ending streams first is ours.
process.env.NEXT_MANUAL_SIG_HANDLE = '1';
if (!dev) await ensureBuilt();

const { default: next } = await import('next');
const server = createServer((request, response) => handle(request, response));
const app = next({ dev, dir: root, hostname: config.host, port: config.port, httpServer: server });
await app.prepare();
const handle = app.getRequestHandler();

// A stream is one request that lasts; its answer must not count as a slow one.
server.requestTimeout = 30_000;
server.headersTimeout = 20_000;
server.keepAliveTimeout = 30_000;
server.on('error', (error) => {
  giveUp(reasons[error.code]?.(config.port) ?? `The server could not listen: ${error.message}`);
});

let stopping = false;
async function stop() {
  if (stopping) process.exit(1);
  stopping = true;
  setTimeout(() => {
    server.closeAllConnections();
    process.exit(0);
  }, graceMs).unref();
  const closed = new Promise((resolve) => server.close(resolve));
  await globalThis[Symbol.for('hostbeat.runtime')]?.stop();
  server.closeIdleConnections();
  await closed;
  process.exit(0);
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

server.listen(config.port, config.host, () => {
  const { port } = server.address();
  const [first, ...others] = urls(config.host, port);
  say(`Hostbeat is live at ${first}`);
  for (const url of others) say(`                    ${url}`);
  if (!isLoopback(config.host))
    say('Anyone who can reach these addresses sees this machine: there is no password yet.');
});
