import type { ConnectionState, Frame } from './frame';

/** Where a page has got to with one hub. Another hub (the worker was started anew) counts otherwise. */
export interface FeedPosition {
  readonly feed: string;
  readonly n: number;
}

export interface Join {
  readonly types: readonly string[];
  /** `null` for a page that has had nothing of any hub. */
  readonly after: FeedPosition | null;
  readonly away: boolean;
}

/**
 * What a page says. `ack`: the last delivery was taken, another may come. `away`: hidden, or a frame that is
 * scrolled out of view. `lock`: the name of a Web Lock that the page holds as long as it lives.
 */
export type ClientMessage =
  | { readonly join: Join }
  | { readonly away: boolean }
  | { readonly lock: string }
  | 'ack'
  | 'ping'
  | 'wake'
  | 'bye';

export interface Delivery extends FeedPosition {
  readonly state: ConnectionState;
  readonly frames: readonly Frame[];
}

/** What the hub says. `rejoin`: it had taken this page for dead. */
export type FeedMessage = 'welcome' | 'rejoin' | Delivery;
