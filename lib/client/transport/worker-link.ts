import { heartbeatMs } from '@/lib/protocol/limits';
import type { Link, LinkOptions } from './link';
import { isHidden } from './page-lifecycle';
import type { ClientMessage, Delivery, FeedMessage } from './shared-feed-messages';

export interface WorkerLinkOptions extends LinkOptions {
  /** The shared feed has answered. */
  readonly onWelcome: () => void;
  /** There is no worker, or there is none any more. */
  readonly onFail: () => void;
}

/** Without a message for this long the worker is pinged: the shared feed sends at least every `heartbeatMs`. */
const suspiciousAfterMs = 2 * heartbeatMs;
const answersWithinMs = 6_000;
const checkEveryMs = 2_000;

/** A client of the shared feed in the origin's shared worker. Throws where there can be no such worker. */
export function openWorkerLink(options: WorkerLinkOptions): Link {
  const { types, progress, onState, onWelcome, onFail } = options;
  const worker = new SharedWorker(new URL('./shared-feed.worker.ts', import.meta.url), {
    type: 'module',
    name: 'hostbeat',
  });
  const { port } = worker;
  const closed = new AbortController();
  let away = isHidden();
  let welcome = false;
  let receivedAtMs = performance.now();
  let pingedAtMs: number | null = null;
  let lock: string | null = null;

  const send = (message: ClientMessage) => port.postMessage(message);

  function join(isFirst: boolean): void {
    if (isFirst) {
      welcome = true;
      onWelcome();
    }
    const isContinued = types.every((type) => progress.types.includes(type));
    progress.resume();
    progress.types = types;
    // Earlier events of a type that is new to this page are delivered too.
    send({ join: { types, after: isContinued ? progress.feed : null, away } });
    if (lock) send({ lock });
  }

  function receive(message: FeedMessage): void {
    receivedAtMs = performance.now();
    pingedAtMs = null;
    if (typeof message === 'object') take(message);
    else join(message === 'welcome');
  }

  function take({ feed, n, state, frames }: Delivery): void {
    send('ack');
    for (const frame of frames) progress.take(frame);
    progress.feed = { feed, n };
    onState(state);
  }

  /** In two steps: a page that was frozen finds much time gone, and the answer in its queue. */
  function check(): void {
    const nowMs = performance.now();
    if (!welcome || nowMs - receivedAtMs < suspiciousAfterMs) return;
    if (pingedAtMs === null) {
      pingedAtMs = nowMs;
      send('ping');
    } else if (nowMs - pingedAtMs > answersWithinMs) {
      onFail();
    }
  }

  /** Holds a lock that the browser releases however the page ends. Secure contexts only. */
  function holdLock(): void {
    const name = `hostbeat-${Math.random()}`;
    navigator.locks
      ?.request(name, { signal: closed.signal }, () => {
        lock = name;
        if (welcome) send({ lock });
        return new Promise<void>((release) => closed.signal.addEventListener('abort', () => release()));
      })
      .catch(() => {
        // Closed before it was granted.
      });
  }

  const watchdog = setInterval(check, checkEveryMs);
  worker.onerror = onFail;
  port.onmessage = ({ data }: MessageEvent<FeedMessage>) => {
    if (!closed.signal.aborted) receive(data);
  };
  holdLock();

  return {
    wake: () => welcome && send('wake'),
    away(isAway) {
      away = isAway;
      if (welcome) send({ away });
    },
    close() {
      clearInterval(watchdog);
      closed.abort();
      send('bye');
      port.close();
    },
  };
}
