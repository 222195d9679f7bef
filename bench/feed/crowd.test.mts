import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { openCrowd } from './crowd.mjs';
import { eventOf, frameOf, opening } from './ticks.mjs';

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that answers every client at once and then does as it is told. */
async function serve(status = 200) {
  const answers: ServerResponse[] = [];
  const listening = createServer((_, answer) => {
    answer.writeHead(status).write(opening);
    answers.push(answer);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, answers };
}

const frame = (number: number, t: number) => frameOf(eventOf({ number, t }));

test('what one client did not get, and what another got twice, shows', async () => {
  const { url, answers } = await serve();
  const crowd = await openCrowd({ url, clients: 4 });
  crowd.observe(1000, 3000);
  answers.forEach((answer, client) => {
    answer.write(frame(1, 1000));
    if (client !== 1) answer.write(frame(2, 2000));
    if (client === 2) answer.write(frame(2, 2000));
    answer.write(frame(3, 3000));
  });
  await vi.waitFor(() => expect(crowd.seen.received).toBe(12));
  expect(crowd.stamps()).toEqual([1000, 2000]);
  const lost = crowd.members.map(({ counted }) => crowd.stamps().length - counted);
  expect([...lost].sort()).toEqual([0, 0, 0, 1]);
  expect(crowd.seen).toMatchObject({ doubled: 1, gaps: 0, ended: 0, newest: { position: 3 } });
  crowd.close();
});

test('latency is from the stamp to the hand-over', async () => {
  const { url, answers } = await serve();
  const crowd = await openCrowd({ url, clients: 1 });
  const now = Date.now();
  crowd.observe(now - 60_000, now + 60_000);
  for (let number = 1; number <= 10; number += 1) {
    answers[0]?.write(frame(number, Date.now() - (number === 10 ? 5000 : 500)));
  }
  await vi.waitFor(() => expect(crowd.seen.received).toBe(10));
  expect(crowd.latencyMs(50)).toBeGreaterThanOrEqual(500);
  expect(crowd.latencyMs(50)).toBeLessThan(crowd.latencyMs(99));
  expect(crowd.latencyMs(99)).toBeGreaterThanOrEqual(5000);
  crowd.close();
});

test('a refusal is an error that names the status, and an ended stream is counted', async () => {
  const refusing = await serve(503);
  await expect(openCrowd({ url: refusing.url, clients: 3 })).rejects.toThrow('answers 503');
  server?.close();
  const { url, answers } = await serve();
  const crowd = await openCrowd({ url, clients: 2 });
  answers[0]?.end();
  await vi.waitFor(() => expect(crowd.seen.ended).toBe(1));
  crowd.close();
});
