import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { parseEventId } from '../lib/protocol/event-id';
import { collect, inspected } from './collect';
import { type Ledger, openLedger } from './ledger';
import { ballastBytes, publishBallast, publishSurely } from './publisher';
import { randomFrom } from './random';
import { type RunningServer, startServer } from './server';
import { sinks } from './sinks';
import { listen, type Received, type Stream } from './sse-client';
import { startWideHost } from './wide-host';

const slowClients = 200;
const readers = 5;
/** 24 KiB of `cpu` in each round: what the kernel takes for one who does not read is full after some 35 s. */
const cpus = 4096;
const intervalMs = 200;
const stalledMs = 60_000;
const alerts = 40;
const grownBytesMax = 20_000_000;
/** What the log keeps in memory. It is filled first, or its filling would be taken for the clients' doing. */
const recentBytes = 16 * 1024 * 1024;
const lookMs = 500;
const looks = 6;
const wokenAtOnce = 20;

interface Client {
  readonly ledger: Ledger;
  readonly stream: Stream;
}

function connect(port: number, paused: boolean, onEvent: (event: Received) => void = () => {}): Client {
  const ledger = openLedger(null);
  const stream = listen({
    port,
    paused,
    onEvent(event) {
      // The samples of 200 clients are too much to keep; it is their ids that count.
      ledger.record(event.type === 'cpu' ? { ...event, data: '' } : event);
      onEvent(event);
    },
  });
  return { ledger, stream };
}

interface Level {
  readonly residentBytes: number;
  readonly streams: number;
}

async function levelOf(url: string): Promise<Level> {
  const health = (await (await fetch(`${url}/api/health`)).json()) as {
    streams: number;
    process: { residentBytes: number };
  };
  return { residentBytes: health.process.residentBytes, streams: health.streams };
}

/** Resident memory with nothing in it that waits for the next collection: the lowest of some looks. */
async function settledBytes(server: RunningServer): Promise<number> {
  const seen: number[] = [];
  for (let look = 0; look < looks; look += 1) {
    await delay(lookMs);
    await collect(server);
    seen.push((await levelOf(server.url)).residentBytes);
  }
  return Math.min(...seen);
}

/** The value below which that share of the values lies. */
function share(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? Number.NaN;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const alertsOf = ({ ledger }: Client) =>
  [...ledger.events].filter(([, { type }]) => type === 'system-alert').map(([seq]) => seq);

for (const { sink, env } of sinks) {
  test(`${slowClients} clients that do not read for a minute cost nothing and miss no alert (${sink})`, async () => {
    test.setTimeout(900_000);
    const host = startWideHost(cpus, randomFrom(1));
    const server = await startServer({
      ...env,
      ...inspected,
      HOSTBEAT_PROC: host.procPath,
      HOSTBEAT_INTERVAL_MS: String(intervalMs),
    });
    const { url, port } = server;
    let latencyMs: number[] = [];
    const beside = Array.from({ length: readers }, () =>
      connect(port, false, ({ type, data }) => {
        if (type === 'cpu') latencyMs.push(Date.now() - Number(/"t":(\d+)/.exec(data)?.[1]));
      }),
    );
    await publishBallast(url, Math.ceil(recentBytes / ballastBytes));
    latencyMs = [];
    const bytesBefore = await settledBytes(server);
    const latencyBefore = latencyMs;

    const slow = Array.from({ length: slowClients }, () => connect(port, true));
    await expect.poll(async () => (await levelOf(url)).streams).toBe(slowClients + readers);
    const bytesOpen = await settledBytes(server);
    latencyMs = [];
    const alertSeqs: number[] = [];
    for (let alert = 1; alert <= alerts; alert += 1) {
      await delay(stalledMs / alerts);
      const [id = ''] = await publishSurely(url, [
        { type: 'system-alert', data: { name: `alert ${alert}` } },
      ]);
      alertSeqs.push(parseEventId(id)?.seq ?? Number.NaN);
    }
    const latencyDuring = latencyMs;
    const bytesAfter = await settledBytes(server);

    const [last = ''] = await publishSurely(url, [{ type: 'system-alert', data: { name: 'the last' } }]);
    alertSeqs.push(parseEventId(last)?.seq ?? Number.NaN);
    const lastSeq = alertSeqs.at(-1) ?? Number.NaN;
    const isThrough = ({ ledger }: Client) => ledger.events.has(lastSeq);
    for (let from = 0; from < slowClients; from += wokenAtOnce) {
      const woken = slow.slice(from, from + wokenAtOnce);
      for (const { stream } of woken) stream.resume();
      await expect.poll(() => woken.every(isThrough), { timeout: 300_000, intervals: [20] }).toBe(true);
      for (const { stream } of woken) stream.close();
    }
    await expect.poll(() => beside.every(isThrough)).toBe(true);
    for (const { stream } of beside) stream.close();
    await server.stop();
    host.close();

    const [medianBefore, medianDuring] = [share(latencyBefore, 0.5), share(latencyDuring, 0.5)];
    const [p95Before, p95During] = [share(latencyBefore, 0.95), share(latencyDuring, 0.95)];
    console.log(
      `slow clients (${sink}): ${megabytes(bytesBefore)} before, ${megabytes(bytesOpen)} with all open, ` +
        `${megabytes(bytesAfter)} at the end; readers beside them: median ${medianBefore} and then ` +
        `${medianDuring} ms, 95 % within ${p95Before} and then ${p95During} ms; ` +
        `a slow one got ${megabytes(slow[0]?.stream.bytes ?? 0)}`,
    );
    // A web stream has its price whether it is read or not, and is not what production serves by.
    const bytesFrom = sink === 'direct' ? bytesBefore : bytesOpen;
    // In all: history and whatever else grows with every minute has its part in it.
    expect(bytesAfter - bytesFrom).toBeLessThan(grownBytesMax);

    for (const client of beside) {
      expect(client.ledger.faults).toEqual([]);
      expect(client.ledger.gaps).toEqual([]);
      expect(alertsOf(client)).toEqual(alertSeqs);
    }
    // Alike, on a machine that others may be busy on too: an event loop that waits for the slow would be late by seconds.
    expect(latencyDuring.length).toBeGreaterThan(readers * alerts);
    expect(medianDuring).toBeLessThan(10 * (medianBefore + 100));

    for (const client of slow) {
      expect(client.ledger.faults).toEqual([]);
      expect(client.ledger.gaps.map(({ reason }) => reason)).toContain('too-slow');
      expect(alertsOf(client)).toEqual(alertSeqs);
    }
  });
}
