import { setTimeout as delay } from 'node:timers/promises';
import { parseEventId } from '../lib/protocol/event-id';
import { type Ledger, openLedger } from './ledger';
import type { Random } from './random';
import { listen, type Received, type Stream } from './sse-client';

const retryMs = 20;

export interface Follower {
  /** Closes the connection for good; resolves when nothing more comes. */
  stop(): Promise<void>;
}

interface FollowOptions {
  readonly port: number;
  /** What its first connection asks for, and what all of them do. */
  readonly first: string;
  readonly always: string;
  readonly random: Random;
  readonly lastEventId: () => string | null;
  readonly onEvent: (event: Received) => void;
}

/** A client that resumes from its last id whatever happens, and leaves by itself now and then. */
function follow({ port, first, always, random, lastEventId, onEvent }: FollowOptions): Follower {
  let isOver = false;
  let current: Stream | null = null;
  const running = (async () => {
    while (!isOver) {
      const id = lastEventId();
      const query = [always, id === null ? first : ''].filter(Boolean).join('&');
      const stream = listen({ port, lastEventId: id, query, onEvent });
      current = stream;
      const leaving = setTimeout(() => stream.close(), random.between(200, 12_000));
      await stream.ended;
      clearTimeout(leaving);
      await delay(retryMs);
    }
  })();
  return {
    async stop() {
      isOver = true;
      current?.close();
      await running;
    },
  };
}

/** A client of everything, with its ledger. */
export function followAll(port: number, random: Random): Follower & { readonly ledger: Ledger } {
  const ledger = openLedger(1);
  const follower = follow({
    ...{ port, random, first: 'window=3600', always: '' },
    lastEventId: () => ledger.lastEventId,
    onEvent: ledger.record,
  });
  return { ...follower, ledger };
}

export interface MessageFollower extends Follower {
  /** The seqs under which a text came. */
  readonly seqsOf: ReadonlyMap<string, readonly number[]>;
  /** Where ids did not rise, in words. */
  readonly faults: readonly string[];
}

/** A client of messages alone: between two of them lies much that passes its filter by. */
export function followMessages(port: number, random: Random): MessageFollower {
  const seqsOf = new Map<string, readonly number[]>();
  const faults: string[] = [];
  let lastId: string | null = null;
  let position = 0;
  function onEvent({ id, type, data }: Received): void {
    const seq = parseEventId(id ?? '')?.seq;
    if (seq === undefined || id === null) return;
    const isMessage = type === 'message';
    if (isMessage ? seq <= position : seq < position) faults.push(`${type} ${seq} after ${position}`);
    position = seq;
    lastId = id;
    if (!isMessage) return;
    const { text } = JSON.parse(data) as { text: string };
    seqsOf.set(text, [...(seqsOf.get(text) ?? []), seq]);
  }
  const follower = follow({
    ...{ port, random, onEvent, first: 'window=3600', always: 'types=message' },
    lastEventId: () => lastId,
  });
  return { ...follower, seqsOf, faults };
}
