import { request } from 'node:http';
import { machine, median, prepare, startServer, table } from './server.mjs';

/** From `npm start` on a built tree to the URL on the terminal, and to the first `cpu` event in a client's hands. */
const runs = 5;
const eventWithinMs = 20_000;

function firstEvent(url) {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/api/events?types=cpu`, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
        if (!/^event: cpu\ndata: .+\n\n/m.test(text)) return;
        asked.destroy();
        resolve();
      });
      answer.once('error', reject);
    });
    asked.setTimeout(eventWithinMs, () => asked.destroy(new Error('no event came')));
    asked.once('error', reject).end();
  });
}

async function measure() {
  const startedAt = performance.now();
  const server = await startServer({}, { asUser: true });
  const liveMs = performance.now() - startedAt;
  try {
    await firstEvent(server.url);
    return { liveMs, eventMs: performance.now() - startedAt };
  } finally {
    await server.stop();
  }
}

await prepare();
const results = [];
for (let run = 0; run < runs; run += 1) results.push(await measure());

const ms = (value) => `${Math.round(value)} ms`;
function row(what, values) {
  return [what, ms(Math.min(...values)), ms(median(values)), ms(Math.max(...values))];
}
console.log(`Start-up: npm start on a built tree, ${runs} runs (${machine()})\n`);
console.log(
  table(
    ['until', 'fastest', 'median', 'slowest'],
    [
      row(
        'it says that it is live',
        results.map(({ liveMs }) => liveMs),
      ),
      row(
        'the first cpu event',
        results.map(({ eventMs }) => eventMs),
      ),
    ],
  ),
);
