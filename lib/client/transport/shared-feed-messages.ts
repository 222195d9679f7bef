import type { ConnectionState, Frame } from './frame';

/** A page’s position in one feed. Another feed (the worker was restarted) numbers its entries anew. */
export interface FeedPosition {
  readonly feed: string;
  readonly n: number;
}

export interface Join {
  readonly types: readonly string[];
  /** `null` for a page that has received nothing yet. */
  readonly after: FeedPosition | null;
  readonly away: boolean;
}

/**
 * What a page sends. `ack`: the last delivery was processed. `away`: hidden, or a frame that is scrolled out of
 * view. `lock`: the name of a Web Lock that the page holds as long as it lives.
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

/** What the feed sends. `rejoin`: it had removed this page as dead. */
export type FeedMessage = 'welcome' | 'rejoin' | Delivery;
