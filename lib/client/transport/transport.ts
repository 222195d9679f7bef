import { openDirectLink } from './direct-link';
import type { Link, LinkOptions } from './link';
import { followPage } from './page-lifecycle';
import { openWorkerLink } from './worker-link';

/** `worker`: one connection for all pages of this origin. `direct`: one of this page's own. */
export type TransportKind = 'worker' | 'direct';

export interface TransportOptions extends LinkOptions {
  readonly onKind: (kind: TransportKind) => void;
}

/** A worker that has not answered by then may still come; until it does, the page has a connection of its own. */
const welcomeWithinMs = 2_000;

const mayShare = () =>
  typeof SharedWorker !== 'undefined' && new URLSearchParams(location.search).get('transport') !== 'direct';

/** Brings the feed's events to this page, and goes on where it was when the page comes back. */
export function openTransport(options: TransportOptions): { close(): void } {
  let shared: Link | null = null;
  let direct: Link | null = null;
  let late: ReturnType<typeof setTimeout> | null = null;

  function goDirect(): void {
    direct ??= openDirectLink(options);
    options.onKind('direct');
  }

  function share(): void {
    try {
      shared = openWorkerLink({
        ...options,
        onWelcome() {
          stopWaiting();
          direct?.close();
          direct = null;
          options.onKind('worker');
        },
        onFail: lose,
      });
      late = setTimeout(goDirect, welcomeWithinMs);
    } catch {
      goDirect();
    }
  }

  /** A worker that never came will not; one that was there and died may be started anew. */
  function lose(): void {
    const wasThere = late === null && direct === null;
    stop();
    if (wasThere) share();
    else goDirect();
  }

  function stopWaiting(): void {
    if (late !== null) clearTimeout(late);
    late = null;
  }

  function start(): void {
    if (shared || direct) return;
    if (mayShare()) share();
    else goDirect();
  }

  function stop(): void {
    stopWaiting();
    shared?.close();
    direct?.close();
    shared = direct = null;
  }

  const stopFollowing = followPage({
    wake() {
      shared?.wake();
      direct?.wake();
    },
    away: (isAway) => shared?.away(isAway),
    leave: stop,
    comeBack: start,
  });
  start();
  return {
    close() {
      stopFollowing();
      stop();
    },
  };
}
