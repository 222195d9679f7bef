/**
 * Left on `globalThis` by `scripts/serve.mjs`: this process's server is ours. It owns the signals, and it writes
 * the peer's address over whatever a request claims.
 */
export function isOwnServer(): boolean {
  return Object.hasOwn(globalThis, Symbol.for('hostbeat.server'));
}
