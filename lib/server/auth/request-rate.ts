import { ok, type Result, refuse } from '@/lib/protocol/result';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';

export interface RequestRateOptions {
  /** Requests a second that one address may make for long. */
  readonly perSecond: number;
  readonly clock?: Clock;
}

export interface RequestRate {
  /** Counts a request of a client at `address`; those whose address is not known share one count. */
  take(address: string | null): Result<null>;
  /** What an address has left: `RateLimit` and its policy (draft-ietf-httpapi-ratelimit-headers). */
  headers(address: string | null): Readonly<Record<string, string>>;
}

/** So many seconds' worth may come at once. */
const burstSeconds = 2;
/** Addresses remembered; those that have been quiet for longest go first. */
const maxAddresses = 10_000;

/** A token bucket for each address. */
export function openRequestRate(options: RequestRateOptions): RequestRate {
  const { perSecond, clock = systemClock } = options;
  const burst = perSecond * burstSeconds;
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  function tokensOf(name: string, present: number): number {
    const { tokens, atMs } = buckets.get(name) ?? { tokens: burst, atMs: present };
    return Math.min(burst, tokens + ((present - atMs) / 1000) * perSecond);
  }

  return {
    take(address) {
      const name = address ?? '';
      const present = clock.monotonicMs();
      const tokens = tokensOf(name, present);
      const isTaken = tokens >= 1;
      buckets.delete(name);
      buckets.set(name, { tokens: isTaken ? tokens - 1 : tokens, atMs: present });
      const [quietest] = buckets.keys();
      if (buckets.size > maxAddresses && quietest !== undefined) buckets.delete(quietest);
      if (isTaken) return ok(null);
      const detail = `${address ?? 'This client'} publishes more than ${perSecond} times a second; one request takes up to 100 events`;
      const retryAfterSeconds = Math.max(1, Math.ceil((1 - tokens) / perSecond));
      return refuse({ code: 'too-many-requests', detail, retryAfterSeconds });
    },
    headers(address) {
      const tokens = tokensOf(address ?? '', clock.monotonicMs());
      return {
        'RateLimit-Policy': `"address";q=${burst};w=${burstSeconds}`,
        RateLimit: `"address";r=${Math.floor(tokens)};t=${Math.ceil((burst - tokens) / perSecond)}`,
      };
    },
  };
}
