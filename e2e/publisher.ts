import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { deadlineAfter } from '@/lib/protocol/deadline';
import { parseEventId } from '@/lib/protocol/event-id';
import type { Random } from './random';

export interface Publisher {
  /** The seq that the server acknowledged, by the text of the message. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Requests that failed or were not answered, and were repeated. */
  readonly failures: number;
  /** What must not happen: acknowledged ids that do not rise, and requests that are refused. */
  readonly faults: readonly string[];
  /** Nothing is published until `resume`; resolves when no request is under way either. */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves after the last response. */
  stop(): Promise<void>;
}

export interface PublisherOptions {
  readonly url: string;
  readonly random: Random;
  /**
   * Whether a request is repeated under its idempotency key, so that its events are stored once. Otherwise each attempt
   * has texts of its own: one that failed may be in the log or not.
   */
  readonly isKeyed: boolean;
}

const timeoutMs = 60_000;
const pauseMs = 20;
/** A request takes 64 KiB. */
export const ballastBytes = 60_000;
const textLengthMax = 4_000;

/** Publishes over HTTP; returns the ids, or `null` when it is unknown whether anything was stored. Throws when refused. */
async function publish(
  url: string,
  events: readonly object[],
  key?: string,
): Promise<readonly string[] | null> {
  const { signal, clear } = deadlineAfter(timeoutMs);
  try {
    const response = await fetch(`${url}/api/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(key ? { 'Idempotency-Key': key } : {}) },
      body: JSON.stringify(events),
      signal,
    });
    if (response.status === 429) await delay(Number(response.headers.get('retry-after')) * 1000);
    if (![201, 429, 503].includes(response.status)) throw new Refused(await response.text());
    return response.status === 201 ? ((await response.json()) as { ids: string[] }).ids : null;
  } catch (error) {
    if (error instanceof Refused) throw error;
    return null;
  } finally {
    clear();
  }
}

class Refused extends Error {}

/** Repeats a request until it is acknowledged. Failed attempts may be stored too. */
export async function publishSurely(url: string, events: readonly object[]): Promise<readonly string[]> {
  for (;;) {
    const ids = await publish(url, events);
    if (ids) return ids;
    await delay(pauseMs);
  }
}

/** `count` events of a custom type, all as large as a request may be. */
export async function publishBallast(url: string, count: number): Promise<void> {
  const filler = 'x'.repeat(ballastBytes);
  for (let index = 0; index < count; index += 1) {
    await publishSurely(url, [{ type: 'ballast', data: { filler } }]);
  }
}

/** Publishes numbered messages, a few at a time, one request after the other; every text is unique in the log. */
export function startPublisher({ url, random, isKeyed }: PublisherOptions): Publisher {
  const acknowledged = new Map<string, number>();
  const faults: string[] = [];
  let failures = 0;
  let position = 0;
  let isStopped = false;
  let isPaused = false;
  let isIdle = false;

  function note(text: string, id: string | undefined): void {
    const seq = parseEventId(id ?? '')?.seq ?? Number.NaN;
    if (!(seq > position)) faults.push(`${text} was acknowledged as ${seq}, after ${position}`);
    position = seq;
    acknowledged.set(text, seq);
  }

  /** Publishes the messages until they are acknowledged. */
  async function publishNumbers(numbers: readonly number[]): Promise<void> {
    const key = isKeyed ? randomUUID() : undefined;
    const filler = isKeyed ? '' : 'fill '.repeat(Math.floor((textLengthMax / 5) * random.next() ** 4));
    for (let attempt = 1; !isStopped; attempt += 1) {
      const texts = numbers.map((one) => `message ${one}${isKeyed ? '' : `, attempt ${attempt} ${filler}`}`);
      const ids = await publish(
        url,
        texts.map((text) => ({ type: 'message', data: { text, source: 'publisher' } })),
        key,
      );
      await delay(pauseMs);
      if (ids) {
        for (const [index, text] of texts.entries()) note(text, ids[index]);
        return;
      }
      failures += 1;
    }
  }

  async function run(): Promise<void> {
    for (let number = 1; !isStopped; ) {
      isIdle = isPaused;
      if (isPaused) {
        await delay(pauseMs);
        continue;
      }
      const count = random.between(1, 4);
      await publishNumbers(Array.from({ length: count }, (_, index) => number + index));
      number += count;
      await delay(random.between(0, pauseMs));
    }
  }

  const running = run()
    .catch((error) => faults.push(String(error)))
    .finally(() => {
      isIdle = true;
    });
  return {
    acknowledged,
    faults,
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
    },
  };
}
