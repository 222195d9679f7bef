import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { parseEventId } from '../lib/protocol/event-id';
import { isSampleType } from '../lib/protocol/event-types';
import { openChaosProxy } from './chaos-proxy';
import { differences, type Ledger, openLedger } from './ledger';
import { publishSurely, startPublisher } from './publisher';
import { branch, randomFrom } from './random';
import { type RunningServer, startServer } from './server';
import { sinks } from './sinks';
import { listen } from './sse-client';

const reconnects = 300;
const restarts = 6;
const kills = 6;
const acknowledgedLeast = 100;
const silenceMaxMs = 3_000;
const retryMs = 5;
const pollMs = 5;

const seqOf = (id: string | undefined) => parseEventId(id ?? '')?.seq ?? Number.NaN;

/** One connection from where the ledger stands, until it ends or `isEnough`; true when the feed answered. */
async function connectOnce(port: number, ledger: Ledger, isEnough = () => false): Promise<boolean> {
  let isOpen = false;
  const { lastEventId } = ledger;
  const stream = listen({
    port,
    lastEventId,
    query: lastEventId ? '' : 'window=3600',
    onOpen: () => {
      isOpen = true;
    },
    onEvent(event) {
      ledger.record(event);
      silence.refresh();
      if (isEnough()) stream.close();
    },
  });
  const silence = setTimeout(() => stream.close(), silenceMaxMs);
  await stream.ended;
  clearTimeout(silence);
  return isOpen;
}

/** Reads the log from its first id up to `toSeq`, undisturbed. */
async function readLog(port: number, query: string, toSeq: number): Promise<Ledger> {
  const ledger = openLedger(1);
  let last = 0;
  const stream = listen({
    port,
    query,
    onEvent(event) {
      if (last >= toSeq) return;
      ledger.record(event);
      last = Math.max(last, seqOf(event.id ?? undefined) || 0);
      if (last >= toSeq) stream.close();
    },
  });
  await stream.ended;
  return ledger;
}

/** After which connections the server is restarted or killed: spread over the run, in an order of the seed's. */
function faultPlan(seed: number): Map<number, NodeJS.Signals> {
  const random = randomFrom(seed);
  const signals: NodeJS.Signals[] = [...Array(restarts).fill('SIGTERM'), ...Array(kills).fill('SIGKILL')];
  const shuffled = signals.map((signal) => ({ signal, at: random.next() })).sort((a, b) => a.at - b.at);
  const span = Math.floor(reconnects / signals.length);
  return new Map(shuffled.map(({ signal }, index) => [index * span + random.between(1, span - 1), signal]));
}

for (const { sink, env: sinkEnv } of sinks) {
  test(`${reconnects} cut connections, restarts and kills lose nothing and double nothing (${sink})`, async () => {
    test.setTimeout(900_000);
    const seed = Number(process.env.HOSTBEAT_TEST_SEED ?? randomInt(2 ** 31));
    const again = `HOSTBEAT_TEST_SEED=${seed}`;
    console.log(`torture (${sink}): ${again} repeats this run`);
    const dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-torture-'));
    const env = { ...sinkEnv, HOSTBEAT_DATA_DIR: dataDir, HOSTBEAT_INTERVAL_MS: '200' };
    let server: RunningServer = await startServer(env);
    const { port, url } = server;
    const proxy = await openChaosProxy(port, seed);
    const publisher = startPublisher({ url, random: branch(seed, -1), isKeyed: false });
    const plan = faultPlan(seed);
    const ledger = openLedger(1);
    const exits: (number | null)[] = [];
    let faultsLeft = 0;
    let restarting: Promise<void> = Promise.resolve();

    /** What is published takes the samples to the disk with it: here is one that is seen and can be lost. */
    async function seeUnwrittenSample(): Promise<void> {
      await publisher.pause();
      const writtenTo = [...publisher.acknowledged.values()].at(-1) ?? 0;
      const isSeen = () =>
        [...ledger.events].some(([seq, { type }]) => seq > writtenTo && isSampleType(type));
      while (!isSeen()) await delay(pollMs);
    }

    async function restart(signal: NodeJS.Signals, afterMs: number): Promise<void> {
      if (signal === 'SIGKILL') await seeUnwrittenSample();
      await delay(afterMs);
      const code = await server.stop(signal);
      if (signal === 'SIGTERM') exits.push(code);
      publisher.resume();
      server = await startServer({ ...env, PORT: String(port) });
      faultsLeft -= 1;
    }

    for (
      let opened = 0;
      opened <= reconnects || faultsLeft > 0 || publisher.acknowledged.size < acknowledgedLeast;
    ) {
      const isOpen = await connectOnce(proxy.port, ledger);
      if (!isOpen) await delay(retryMs);
      else opened += 1;
      const signal = isOpen && plan.get(opened);
      if (!signal) continue;
      faultsLeft += 1;
      const afterMs = branch(seed, -opened).between(0, 100);
      restarting = restarting.then(() => restart(signal, afterMs));
    }
    await restarting;
    await publisher.stop();
    const farewell = { type: 'message', data: { title: null, text: 'the end', url: null, source: null } };
    const endSeq = seqOf((await publishSurely(url, [farewell]))[0]);
    proxy.calm();
    const isEnough = () => ledger.events.has(endSeq);
    while (!isEnough()) await connectOnce(proxy.port, ledger, isEnough);

    const log = await readLog(port, `lastEventId=${ledger.logId}-0`, endSeq);
    const window = await readLog(port, 'window=3600', endSeq);
    proxy.close();
    await server.stop();
    rmSync(dataDir, { recursive: true });

    const { acknowledged, failures } = publisher;
    console.log(
      `torture (${sink}): ${ledger.events.size} events seen, ${log.events.size} in the log, ` +
        `${acknowledged.size} acknowledged, ${failures} requests failed, ` +
        `gaps ${JSON.stringify(log.gaps)}, the client was told of ${JSON.stringify(ledger.gaps.filter(({ reason }) => reason !== 'lost'))} too`,
    );
    expect(publisher.faults, again).toEqual([]);
    expect(ledger.faults, again).toEqual([]);
    expect(log.faults, again).toEqual([]);
    expect(window.faults, again).toEqual([]);
    expect(differences(ledger, log, endSeq), again).toEqual([]);
    expect([...window.events], again).toEqual([...log.events]);
    const texts = new Map<string, number>();
    for (const { data } of ledger.events.values()) {
      const { text } = JSON.parse(data) as { text?: string };
      if (text !== undefined) texts.set(text, (texts.get(text) ?? 0) + 1);
    }
    for (const [text, seq] of acknowledged) {
      const event = ledger.events.get(seq);
      expect(
        [event?.type, event && JSON.parse(event.data).text, texts.get(text)],
        `${seq}, ${again}`,
      ).toEqual(['message', text, 1]);
    }
    expect(acknowledged.size, again).toBeGreaterThanOrEqual(acknowledgedLeast);
    const lost = [...ledger.events.keys()].filter((seq) => !log.events.has(seq));
    expect(lost.length, `samples were lost by a kill, ${again}`).toBeGreaterThan(0);
    // A clean stop leaves no gap, and a crash leaves one at most: samples that were not on disk, ids set aside.
    expect(new Set([...ledger.gaps, ...log.gaps].map(({ reason }) => reason)), again).toEqual(
      new Set(['lost']),
    );
    expect(log.gaps.length, again).toBeLessThanOrEqual(kills);
    expect(exits, again).toEqual(Array(restarts).fill(0));
  });
}
