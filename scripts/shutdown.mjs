import os from 'node:os';
import { say } from './project.mjs';

const closeAllAfterMs = 4_000;
const exitAfterMs = 4_900;
const pollMs = 50;
/** Ctrl-C reaches a process twice: from the terminal, and from npm, which passes on its own. */
const sameSignalMs = 500;
const parentLookMs = 500;

/**
 * Ends the process within 5 s of the first signal: `stop` ends what is open, then the connections are closed.
 * A second signal ends it at once.
 */
export function shutDownOnSignal(server, stop) {
  let askedAt = 0;
  const onSignal = (signal) => {
    if (askedAt === 0) {
      askedAt = Date.now();
      void shutDown(server, stop);
    } else if (Date.now() - askedAt > sameSignalMs) {
      process.exit(128 + os.constants.signals[signal]);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK']) {
    if (signal in os.constants.signals) process.on(signal, onSignal);
  }
  // A SIGTERM to npm ends npm and its shell, and not what the shell runs: that would keep the port.
  if (process.env.npm_lifecycle_event) whenParentEnds(() => onSignal('SIGTERM'));
}

function whenParentEnds(tell) {
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    tell();
  }, parentLookMs);
  looking.unref();
}

async function shutDown(server, stop) {
  say('Stopping');
  setTimeout(() => server.closeAllConnections(), closeAllAfterMs);
  setTimeout(() => process.exit(0), exitAfterMs);
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection that is still answering falls idle later; nothing else would close it then.
  setInterval(() => server.closeIdleConnections(), pollMs);
  await stop().catch((error) => console.error(error));
  await closed;
  process.exit(0);
}
