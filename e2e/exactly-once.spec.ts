import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { logOf } from './log-reader';
import { post } from './post';
import { branch, type Random, randomFrom } from './random';
import { startServer } from './server';

const total = 10_000;
const publishers = 6;
const kills = 4;
const largestBatch = 60;
const cutShare = 0.15;
const cutWithinMs = 12;
const retryMs = 20;

/** Events by their number; every other one is a sample, which the log keeps in another way. */
const eventOf = (n: number) =>
  n % 2 === 0
    ? { type: 'message', data: { text: `${n}`, source: 'exactly-once' } }
    : { type: 'sensor-data', data: { sensors: [{ id: 'counter', value: n }] } };

function numberOf(data: Record<string, unknown>): number | null {
  if (data.source === 'exactly-once') return Number(data.text);
  const [first] = (data.sensors ?? []) as { id: string; value: number }[];
  return first?.id === 'counter' ? first.value : null;
}

test(`${total} events under kill -9 and answers that are cut: each is there, exactly once, where its response has it`, async () => {
  const seed = Number(process.env.HOSTBEAT_TEST_SEED ?? randomInt(2 ** 31));
  const again = `HOSTBEAT_TEST_SEED=${seed} repeats this run`;
  const env = { HOSTBEAT_SYS: '/nowhere', HOSTBEAT_MAX_PUBLISH_PER_SECOND: '1000000' };
  let server = await startServer(env);
  const { port, dataDir } = server;
  const acknowledged = new Map<number, string>();
  let next = 0;
  let retries = 0;

  /** The same request until there is an answer: what failed may have been taken or not. */
  async function surely(body: string, random: Random): Promise<readonly string[]> {
    const key = randomUUID();
    for (; ; retries += 1) {
      const cutAfterMs = random.next() < cutShare ? random.between(0, cutWithinMs) : null;
      const answer = await post(server, '/api/events', body, { 'Idempotency-Key': key }, cutAfterMs).catch(
        () => null,
      );
      if (answer?.status === 201) return (JSON.parse(answer.text) as { ids: string[] }).ids;
      if (answer && answer.status !== 503) throw new Error(`${answer.status}: ${answer.text}`);
      await delay(retryMs);
    }
  }

  async function publish(random: Random): Promise<void> {
    while (next < total) {
      const first = next;
      next = Math.min(total, next + random.between(1, largestBatch));
      const numbers = Array.from({ length: next - first }, (_, index) => first + index);
      const ids = await surely(JSON.stringify(numbers.map(eventOf)), random);
      for (const [index, n] of numbers.entries()) acknowledged.set(n, ids[index] ?? '');
    }
  }

  async function killNowAndThen(random: Random): Promise<void> {
    for (let kill = 1; kill <= kills; kill += 1) {
      const from = (total / (kills + 1)) * kill;
      while (acknowledged.size < from) await delay(1);
      await delay(random.between(0, 30));
      await server.stop('SIGKILL');
      server = await startServer({ ...env, HOSTBEAT_DATA_DIR: dataDir, PORT: String(port) });
    }
  }

  await Promise.all([
    killNowAndThen(randomFrom(seed)),
    ...Array.from({ length: publishers }, (_, index) => publish(branch(seed, index + 1))),
  ]);
  const farewell = await post(server, '/api/events', '{"type":"message","data":{"text":"the end"}}');
  const log = await logOf(server, 'message,sensor-data', JSON.parse(farewell.text).ids[0]);
  await server.stop();

  const found = new Map<number, string[]>();
  for (const { id, data } of log) {
    const n = numberOf(data);
    if (n !== null) found.set(n, [...(found.get(n) ?? []), id]);
  }
  const wrong = Array.from({ length: total }, (_, n) => n).filter(
    (n) => found.get(n)?.length !== 1 || found.get(n)?.[0] !== acknowledged.get(n),
  );
  expect(
    wrong.map((n) => `${n} was acknowledged as ${acknowledged.get(n)} and is ${found.get(n)}`),
    again,
  ).toEqual([]);
  expect(retries, `some requests came again, ${again}`).toBeGreaterThan(kills);
});
