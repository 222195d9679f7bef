import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseEventId } from '../lib/protocol/event-id';
import { post } from './post';
import type { Random } from './random';

const retryMs = 25;
const pauseMs = 40;

export interface KeyedPublisher {
  /** The seq that was acknowledged, by the text of the message. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Requests that were refused or not answered, and were sent again with their key. */
  readonly retries: number;
  /** Where acknowledged ids did not rise, in words. */
  readonly faults: readonly string[];
  /** Resolves when nothing is under way, and nothing will be until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

/** Publishes numbered messages one request after the other, each until it is acknowledged, under one key. */
export function startKeyedPublisher(port: number, random: Random): KeyedPublisher {
  const acknowledged = new Map<string, number>();
  const faults: string[] = [];
  let retries = 0;
  let isStopped = false;
  let isPaused = false;
  let isIdle = false;
  let position = 0;

  async function surely(texts: readonly string[]): Promise<void> {
    const body = JSON.stringify(texts.map((text) => ({ type: 'message', data: { text } })));
    const key = { 'Idempotency-Key': randomUUID() };
    for (; ; retries += 1) {
      const answer = await post({ port }, '/api/events', body, key).catch(() => null);
      if (answer?.status === 201) {
        const { ids } = JSON.parse(answer.text) as { ids: string[] };
        for (const [index, text] of texts.entries()) note(text, ids[index] ?? '');
        return;
      }
      if (answer && ![429, 503].includes(answer.status)) throw new Error(`${answer.status}: ${answer.text}`);
      await delay(retryMs);
    }
  }

  function note(text: string, id: string): void {
    const seq = parseEventId(id)?.seq ?? Number.NaN;
    if (!(seq > position)) faults.push(`${text} was acknowledged as ${seq}, after ${position}`);
    position = seq;
    acknowledged.set(text, seq);
  }

  const running = (async () => {
    for (let number = 0; !isStopped; ) {
      if (isPaused) {
        isIdle = true;
        await delay(pauseMs);
        continue;
      }
      isIdle = false;
      const count = random.between(1, 4);
      await surely(Array.from({ length: count }, (_, index) => `message ${number + index}`));
      number += count;
      await delay(random.between(0, pauseMs));
    }
  })()
    .catch((error) => faults.push(String(error)))
    .finally(() => {
      isIdle = true;
    });
  return {
    acknowledged,
    faults,
    get retries() {
      return retries;
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
