import { constants } from 'node:os';
import type { Runtime } from './runtime';

const exitAfterMs = 4_900;
/** Ctrl-C reaches a process twice: from the terminal, and from npm, which passes on its own. */
const sameSignalMs = 500;

/**
 * For servers that are not ours: the first signal ends the streams, which such a server would wait for without
 * end, and then at the latest the process; a second one ends it at once.
 */
export function stopOnSignal(runtime: Runtime): void {
  let askedAt: number | null = null;
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    if (askedAt !== null) {
      if (performance.now() - askedAt > sameSignalMs) process.exit(128 + constants.signals[signal]);
      return;
    }
    askedAt = performance.now();
    setTimeout(() => process.exit(0), exitAfterMs);
    void runtime.stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
