import os from 'node:os';

const everyAddress = new Set(['0.0.0.0', '::', '']);

export function isLoopback(host) {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|::1)$/i.test(host);
}

function urlOf(host, port) {
  return `http://${host.includes(':') ? `[${host.replace('%', '%25')}]` : host}:${port}`;
}

/** Where the server can be opened: the best URL first, then those for other machines. */
export function urlsOf(host, port, interfaces = os.networkInterfaces()) {
  if (!everyAddress.has(host)) return [urlOf(host, port)];
  const others = Object.values(interfaces)
    .flat()
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => urlOf(address, port));
  return [urlOf('localhost', port), ...others];
}

/** Where this process itself reaches a server that listens on `host`. */
export function ownAddress(host) {
  if (host === '::') return '::1';
  return everyAddress.has(host) ? '127.0.0.1' : host;
}
