import { setTimeout as delay } from 'node:timers/promises';
import { deadlineAfter } from '@/lib/protocol/deadline';
import type { Random } from './random';

export interface Publisher {
  /** The id that the server acknowledged, by the text of the message. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Requests that failed or were not answered; what was in them may be in the log, or not. */
  readonly failures: number;
  /** Nothing is published until `resume`; resolves when nothing is under way either. */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves after the last answer. */
  stop(): Promise<void>;
}

const answerWithinMs = 60_000;
const pauseMs = 20;
/** A request takes 64 KiB. */
export const ballastBytes = 60_000;
const longestText = 4_000;

/** Publishes over HTTP; gives the ids, or `null` when it is not known whether anything was taken. */
export async function publish(url: string, events: readonly object[]): Promise<readonly string[] | null> {
  const { signal, clear } = deadlineAfter(answerWithinMs);
  try {
    const answer = await fetch(`${url}/api/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(events),
      signal,
    });
    if (answer.status === 429) await delay(Number(answer.headers.get('retry-after')) * 1000);
    if (answer.status >= 400 && answer.status < 429) throw new Refused(await answer.text());
    return answer.status === 201 ? ((await answer.json()) as { ids: string[] }).ids : null;
  } catch (error) {
    if (error instanceof Refused) throw error;
    return null;
  } finally {
    clear();
  }
}

class Refused extends Error {}

/** The same until it is taken. What fails may have been taken too. */
export async function publishSurely(url: string, events: readonly object[]): Promise<readonly string[]> {
  for (;;) {
    const ids = await publish(url, events);
    if (ids) return ids;
    await delay(pauseMs);
  }
}

/** So many events of a type of our own, all as large as a request may be. */
export async function publishBallast(url: string, count: number): Promise<void> {
  const filler = 'x'.repeat(ballastBytes);
  for (let index = 0; index < count; index += 1) {
    await publishSurely(url, [{ type: 'ballast', data: { filler } }]);
  }
}

/** Publishes numbered messages, a few at a time, one request after the other; every text is unique in the log. */
export function startPublisher(url: string, random: Random): Publisher {
  const acknowledged = new Map<string, string>();
  let failures = 0;
  let isStopped = false;
  let isPaused = false;
  let isIdle = false;
  let problem: unknown = null;

  /** One request; whether the server acknowledged it. */
  async function publishTexts(texts: readonly string[]): Promise<boolean> {
    const events = texts.map((text) => ({
      type: 'message',
      data: { title: null, text, url: null, source: 'publisher' },
    }));
    const ids = await publish(url, events);
    if (!ids) {
      failures += 1;
      return false;
    }
    if (ids.length !== texts.length) throw new Error(`${ids.length} ids for ${texts.length} events`);
    for (const [index, id] of ids.entries()) acknowledged.set(texts[index] ?? '', id);
    return true;
  }

  /** Until they are acknowledged. What failed may be in the log: every attempt has texts of its own. */
  async function publishNumbers(numbers: readonly number[], filler: string): Promise<void> {
    for (let attempt = 1; !isStopped; attempt += 1) {
      const isTaken = await publishTexts(
        numbers.map((one) => `message ${one}, attempt ${attempt} ${filler}`),
      );
      await delay(pauseMs);
      if (isTaken) return;
    }
  }

  async function waitWhilePaused(): Promise<void> {
    while (isPaused && !isStopped) {
      isIdle = true;
      await delay(pauseMs);
    }
    isIdle = false;
  }

  async function run(): Promise<void> {
    let number = 0;
    while (!isStopped) {
      const filler = 'fill '.repeat(Math.floor((longestText / 5) * random.next() ** 4));
      const numbers = Array.from({ length: random.between(1, 4) }, (_, index) => number + index + 1);
      await publishNumbers(numbers, filler);
      await waitWhilePaused();
      number += numbers.length;
    }
  }

  const running = run().catch((error) => {
    problem = error;
  });
  return {
    acknowledged,
    get failures() {
      return failures;
    },
    async pause() {
      isPaused = true;
      while (!isIdle) await delay(pauseMs);
    },
    resume() {
      isPaused = false;
    },
    async stop() {
      isStopped = true;
      await running;
      if (problem) throw problem;
    },
  };
}
