import { startHostbeat } from './hostbeat.mjs';
import { measure } from './measure.mjs';
import { everySecond } from './ticks.mjs';

const types = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `bench-${letter}`);
/** Brings an event to some 170 bytes on the wire. */
const fill = 'x'.repeat(70);

async function publish(url) {
  const body = JSON.stringify(types.map((type) => ({ type, data: { t: Date.now(), fill } })));
  const answer = await fetch(`${url}/api/events`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (answer.status !== 201)
    throw new Error(`POST /api/events answers ${answer.status}: ${text.slice(0, 200)}`);
}

/** Six small published events a tick to every client: what passes a client's filter goes out as one write. */
export async function measureBursts({ clients, seconds }) {
  const server = await startHostbeat({ clients });
  let failure = null;
  let stop = () => {};
  try {
    // A filter knows a published type from its first event on.
    await publish(server.url);
    stop = everySecond(() => {
      publish(server.url).catch((error) => {
        failure = error;
      });
    });
    const path = `/api/events?types=${types.join(',')}`;
    const figures = await measure({ ...server, path, clients, seconds });
    if (failure) throw failure;
    return figures;
  } finally {
    stop();
    await server.stop();
  }
}
