/**
 * Names the client of a request to the routes, as bounds count it. The guard overwrites what a client sends by this name;
 * `X-Forwarded-For`, which Next.js fills in, is taken from clients and so proves nothing.
 */
export const peerHeader = 'x-hostbeat-peer';
/** `1` where a proxy stands between. */
export const forwardedHeader = 'x-hostbeat-forwarded';

/** Whether `scripts/serve.mjs` serves this process: it owns the signals, and its guard sets the headers above. */
export function isOwnServer(): boolean {
  return Object.hasOwn(globalThis, Symbol.for('hostbeat.server'));
}

/** The address of a request's client; `null` where another server runs Next.js, since any client could claim one. */
export function peerOf(headers: Headers): string | null {
  return isOwnServer() ? headers.get(peerHeader) : null;
}

/** Whether a request came through a proxy. */
export function isForwarded(headers: Headers): boolean {
  return isOwnServer() && headers.get(forwardedHeader) === '1';
}
