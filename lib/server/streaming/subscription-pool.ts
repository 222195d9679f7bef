import { type BroadcastGroup, openBroadcastGroup } from './broadcast-group';
import type { FeedRequest } from './feed-query';
import {
  openSubscription,
  type Subscription,
  type SubscriptionOptions,
  subscriptionKey,
} from './subscription';

/** A subscription and the group of its cursors at the head. */
export interface SharedSubscription {
  readonly subscription: Subscription;
  readonly group: BroadcastGroup;
}

interface Entry extends SharedSubscription {
  users: number;
}

/** One subscription for all open streams with the same filter; it is dropped with the last of them. */
export class SubscriptionPool {
  readonly #options: Omit<SubscriptionOptions, 'request'>;
  readonly #entries = new Map<string, Entry>();

  constructor(options: Omit<SubscriptionOptions, 'request'>) {
    this.#options = options;
  }

  /** To be released once. */
  borrow(request: FeedRequest): SharedSubscription {
    const key = subscriptionKey(request);
    const entry = this.#entries.get(key) ?? this.#open(request);
    entry.users += 1;
    this.#entries.set(key, entry);
    return entry;
  }

  release({ key }: Subscription): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    this.#entries.delete(key);
    entry.subscription.clear();
  }

  all(): Iterable<SharedSubscription> {
    return this.#entries.values();
  }

  #open(request: FeedRequest): Entry {
    const subscription = openSubscription({ ...this.#options, request });
    return { subscription, group: openBroadcastGroup(this.#options.log, subscription), users: 0 };
  }
}
