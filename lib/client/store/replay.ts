import type { LoggedType } from '@/lib/protocol/event-types';
import { loggedTypes } from '@/lib/protocol/event-types';
import { feedPath, liveSpanSeconds } from '../transport/frame';
import { createDisplayStore, type DisplayStore } from './display-store';
import { FeedStore, type LiveStore, type Source } from './store';

/** `over`: the end of the stretch. `present`: the present. `failed`: the server does not play it. */
export type ReplayState = 'opening' | 'playing' | 'lost' | 'over' | 'present' | 'failed';

export interface ReplayOptions {
  /** Whose host it is. */
  readonly live: LiveStore;
  readonly types: readonly LoggedType[];
  /** Unix ms on the host's clock. */
  readonly from: number;
  readonly to: number;
  readonly speed: number;
  readonly onState: (state: ReplayState) => void;
}

export interface Replay {
  /** The host as it was, under way from `from` on. */
  readonly store: DisplayStore;
  /** Stands still with what it shows. */
  close(): void;
}

const retryMs = 2_000;
const framed = [...loggedTypes, 'hello', 'heartbeat', 'gap', 'reset'];

/** The feed of a time that is over, at its pace or faster; a page has one of its own, since no two play the same. */
export function openReplay({ live, types, from, to, speed, onState }: ReplayOptions): Replay {
  const open: Source['open'] = ({ types: wanted, progress, onState: onConnection, onKind }) => {
    let source: EventSource | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let lastEventId = '';
    let isGreeted = false;

    function connect(): void {
      const query = new URLSearchParams({
        from: String(Math.round(from)),
        to: String(Math.round(to)),
        speed: String(speed),
        types: wanted.join(','),
        window: String(liveSpanSeconds),
      });
      if (lastEventId) query.set('lastEventId', lastEventId);
      const target = new EventSource(`${feedPath}?${query}`);
      source = target;
      const receive = (event: MessageEvent<string>) => {
        if (event.lastEventId) lastEventId = event.lastEventId;
        if (event.type === 'hello') {
          isGreeted = true;
          onConnection('live');
          onState('playing');
        }
        // Ids of other kinds follow one another here, and the server sends none twice.
        progress.take([event.type, event.data, '', 0]);
      };
      for (const type of framed) target.addEventListener(type, receive);
      target.addEventListener('replay-end', ({ data }: MessageEvent<string>) => {
        close();
        onState(JSON.parse(data).reason === 'present' ? 'present' : 'over');
      });
      target.onerror = () => {
        if (source !== target) return;
        if (!isGreeted && target.readyState === EventSource.CLOSED) {
          close();
          onState('failed');
          return;
        }
        onState('lost');
        if (target.readyState === EventSource.CLOSED) retry = setTimeout(connect, retryMs);
      };
    }

    function close(): void {
      clearTimeout(retry);
      source?.close();
      source = null;
    }

    onKind('direct');
    connect();
    return { close };
  };

  const { facts, intervalMs } = live;
  const store = createDisplayStore(
    new FeedStore({ facts, intervalMs, serverTime: from, latest: {} }, undefined, { open, rate: speed }),
  );
  // What fired then belongs to how the host was.
  const disconnect = store.connect([...new Set<LoggedType>([...types, 'system-alert'])]);
  return {
    store,
    close() {
      store.pause();
      disconnect();
    },
  };
}
