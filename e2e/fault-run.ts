import { join } from 'node:path';
import { expect } from '@playwright/test';
import { parseEventId } from '@/lib/protocol/event-id';
import type { SmallDisk } from '@/lib/testing/small-disk';
import { followAll, followMessages } from './follower';
import { differences, type Ledger, openLedger } from './ledger';
import { post } from './post';
import { startPublisher } from './publisher';
import { branch, randomFrom } from './random';
import { type RunningServer, startServer } from './server';
import { sinks } from './sinks';
import { listen } from './sse-client';

const intervalMs = 200;

/** A server that faults happen to, with a program that publishes to it and clients that follow it all the while. */
export interface FaultRun {
  readonly dataDir: string;
  readonly disk: SmallDisk | null;
  readonly server: () => RunningServer;
  /** The program that publishes waits while `work` is done, so that nothing of its is under way. */
  quietly(work: () => unknown): Promise<void>;
  /** Ends the server; a stop must be a clean one. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and folder, with either way of serving the feed. */
  begin(): Promise<void>;
  /** From now on health may say that something is lost, for it is; no other problem is excused. */
  noteLoss(): void;
  /** What this run of the server did not take in itself may be gone from the log: its file was. Clients have had it. */
  noteLogLoss(): void;
  /** Resolves when health has a problem that matches, or none with `null`. */
  health(problem: RegExp | null): Promise<void>;
  /** Publishes by hand; resolves when each client has it. A client that is frozen never does. */
  reachesAll(): Promise<void>;
  /** Every promise that was made since the run began. Ends the clients and the server. */
  verify(): Promise<string>;
}

interface Health {
  readonly problems: readonly string[];
  readonly log: { readonly headSeq: number };
}

async function healthOf({ url }: RunningServer): Promise<Health> {
  const answer = await fetch(`${url}/api/health`, { headers: { Connection: 'close' } });
  const health = (await answer.json()) as Health;
  expect(answer.status).toBe(health.problems.length === 0 ? 200 : 503);
  return health;
}

/** All that the log tells a client that comes now, up to a seq. */
async function readTo(port: number, query: string, toSeq: number): Promise<Ledger> {
  const ledger = openLedger(1);
  const stream = listen({
    port,
    query,
    onEvent(event) {
      if (ledger.events.has(toSeq)) return;
      ledger.record(event);
      if (ledger.events.has(toSeq)) stream.close();
    },
  });
  await stream.ended;
  return ledger;
}

export async function openFaultRun(seed: number, dataDir: string, disk: SmallDisk | null): Promise<FaultRun> {
  const random = randomFrom(seed);
  const start = (port: string) =>
    startServer({
      ...random.pick<Readonly<Record<string, string>>>([sinks[0].env, sinks[1].env]),
      HOSTBEAT_DATA_DIR: dataDir,
      HOSTBEAT_INTERVAL_MS: String(intervalMs),
      HOSTBEAT_MAX_PUBLISH_PER_SECOND: '1000000',
      PORT: port,
    });
  let server = await start('0');
  const { port } = server;
  const publisher = startPublisher({ url: server.url, random: branch(seed, 1), isKeyed: true });
  const all = followAll(port, branch(seed, 2));
  const messages = followMessages(port, branch(seed, 3));
  let marks = 0;
  let isLossTold = false;
  /** Where the log stood when the server that runs was begun, and the one whose log was lost. */
  let begunAfter = 0;
  let lostTo = 0;

  async function mark(): Promise<number> {
    marks += 1;
    const text = `mark ${marks}`;
    const body = JSON.stringify({ type: 'message', data: { text } });
    const answer = await post(server, '/api/events', body);
    expect(answer.status, answer.text).toBe(201);
    const seq = parseEventId((JSON.parse(answer.text) as { ids: string[] }).ids[0] ?? '')?.seq ?? Number.NaN;
    await expect.poll(() => all.ledger.events.has(seq), { message: `all have ${text}` }).toBe(true);
    await expect.poll(() => messages.seqsOf.has(text), { message: `messages have ${text}` }).toBe(true);
    return seq;
  }

  /** What was acknowledged is there, once, where its answer says, for both clients and in the log. */
  function brokenPromises(log: Ledger): string[] {
    const broken: string[] = [];
    const lost = [...all.ledger.gaps, ...log.gaps].filter(({ reason }) => reason === 'lost');
    const textIn = (ledger: Ledger, seq: number) => {
      const event = ledger.events.get(seq);
      return event?.type === 'message' ? (JSON.parse(event.data) as { text: string }).text : undefined;
    };
    for (const [text, seq] of publisher.acknowledged) {
      const inLog = seq <= lostTo ? text : textIn(log, seq);
      const seen = [textIn(all.ledger, seq), inLog, messages.seqsOf.get(text)?.join()];
      if (seen.join() !== [text, text, seq].join())
        broken.push(`${text} at ${seq} is ${JSON.stringify(seen)}`);
      const gap = seq > lostTo && lost.find(({ after, to }) => seq > after && seq <= to);
      if (gap) broken.push(`${text} at ${seq} was said to be lost: ${JSON.stringify(gap)}`);
    }
    return broken;
  }

  return {
    dataDir,
    disk,
    server: () => server,
    async quietly(work) {
      await publisher.pause();
      await work();
      publisher.resume();
    },
    async end(signal) {
      const code = await server.stop(signal);
      if (signal === 'SIGTERM') expect(code, server.output()).toBe(0);
    },
    async begin() {
      server = await start(String(port));
      begunAfter = (await healthOf(server)).log.headSeq;
    },
    noteLogLoss() {
      lostTo = begunAfter;
    },
    noteLoss() {
      isLossTold = true;
    },
    async health(problem) {
      const isExcused = (one: string) => isLossTold && /\b(is|are|was|were) lost\b/.test(one);
      const isSo = (problems: readonly string[]) =>
        problem === null ? problems.every(isExcused) : problems.some((one) => problem.test(one));
      let last: readonly string[] = [];
      await expect
        .poll(
          async () => {
            last = (await healthOf(server)).problems;
            return isSo(last) || last;
          },
          { message: `health tells ${problem ?? 'no problem'}` },
        )
        .toBe(true);
    },
    reachesAll: async () => void (await mark()),
    async verify() {
      await publisher.stop();
      const endSeq = await mark();
      await Promise.all([all.stop(), messages.stop()]);
      const log = await readTo(port, `lastEventId=${all.ledger.logId}-0`, endSeq);
      const window = await readTo(port, 'window=3600', endSeq);
      await server.stop();
      for (const faults of [all.ledger.faults, messages.faults, publisher.faults, log.faults, window.faults])
        expect(faults).toEqual([]);
      expect(differences(all.ledger, log, endSeq, lostTo)).toEqual([]);
      expect(brokenPromises(log)).toEqual([]);
      expect([...window.events]).toEqual([...log.events]);
      return (
        `${all.ledger.events.size} events seen, ${log.events.size} in the log, ` +
        `${publisher.acknowledged.size} acknowledged, ${publisher.failures} requests sent again, ` +
        `gaps ${JSON.stringify(log.gaps)}`
      );
    },
  };
}

export const databaseIn = (dataDir: string, name: string) => join(dataDir, `${name}.db`);
