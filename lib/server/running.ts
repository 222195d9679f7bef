import type { Runtime } from './runtime';

const key = Symbol.for('hostbeat.runtime');

interface Holder {
  [key]?: Runtime;
}

// Next bundles instrumentation and every route by itself, so a module's own variable would exist many times.
const holder = globalThis as Holder;

/** The one running Hostbeat of this process. Throws when nothing has started it. */
export function running(): Runtime {
  const runtime = holder[key];
  if (!runtime)
    throw new Error('Hostbeat is not running in this process: instrumentation.ts did not start it');
  return runtime;
}

/** Keeps what `start` makes, once per process. */
export async function remember(start: () => Promise<Runtime>): Promise<Runtime> {
  const runtime = holder[key] ?? (await start());
  holder[key] = runtime;
  return runtime;
}
