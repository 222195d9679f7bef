import { setTimeout as wait } from 'node:timers/promises';
import { usage } from '../proc.mjs';
import { openCrowd } from './crowd.mjs';
import { startHostbeat } from './hostbeat.mjs';
import { positionOf } from './stream-reader.mjs';

const path = '/api/events';
const withinMs = 60_000;
const lookEveryMs = 5;

async function until(condition) {
  const endsAt = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > endsAt) throw new Error(`not caught up in ${withinMs / 1000} s`);
    await wait(lookEveryMs);
  }
}

/**
 * Clients that come back all at once, each so many seconds behind, without a filter: then positions rise by one,
 * and what is missing shows.
 */
export async function measureResume({ clients, behindSeconds }) {
  const server = await startHostbeat({ clients });
  const crowds = [];
  try {
    const witness = await openCrowd({ url: server.url, path, clients: 1 });
    crowds.push(witness);
    await until(() => witness.seen.newest.id !== '');
    const { id } = witness.seen.newest;
    await wait(behindSeconds * 1000);

    const head = witness.seen.newest.position;
    const cpuBefore = usage(server.pid).ownSeconds;
    const startedAt = performance.now();
    const lastEventId = `Last-Event-ID: ${id}\r\n`;
    const crowd = await openCrowd({ url: server.url, path, clients, head: lastEventId, atOnce: clients });
    crowds.push(crowd);
    await until(() => crowd.members.every(({ position }) => position >= head));
    const from = positionOf(id);
    return {
      seconds: (performance.now() - startedAt) / 1000,
      acceptSeconds: crowd.acceptSeconds,
      cpuSeconds: usage(server.pid).ownSeconds - cpuBefore,
      eventsEach: head - from,
      mebibytes: crowd.seen.bytes / 1024 ** 2,
      eventsLost: crowd.members.reduce((sum, { position, received }) => sum + position - from - received, 0),
      eventsDoubled: crowd.seen.doubled,
      gaps: crowd.seen.gaps,
    };
  } finally {
    for (const crowd of crowds) crowd.close();
    await server.stop();
  }
}
