import { ok, type Refused, type Result, refuse } from '@/lib/protocol/result';

export interface AdmissionOptions {
  /** Open streams of all clients. */
  readonly maxStreams: number;
  /** Open streams of one address. Exempt addresses have no such bound. */
  readonly maxStreamsPerAddress: number;
  /** Whether an address may be that of many clients. */
  readonly isExempt: (address: string) => boolean;
  readonly maxFilters?: Partial<FilterBounds>;
}

/** Bounds on the different filters (types and hosts) of open streams: each costs work at every event. */
export interface FilterBounds {
  /** Of one address. Default 32. */
  readonly perAddress: number;
  /** Of an exempt address, which many clients share. Default 128. */
  readonly perExemptAddress: number;
  /** Of all clients. Default 512. */
  readonly inAll: number;
}

const filterBounds: FilterBounds = { perAddress: 32, perExemptAddress: 128, inAll: 512 };

/** Ends the admission of a stream; safe to call twice. */
export type Release = () => void;

export interface Admission {
  /**
   * Admits one stream of a client at `address`; `null` if that is not known. An address named by a proxy is never
   * exempt. `filter` is equal for streams that match the same events.
   */
  admit(address: string | null, filter: string, isForwarded?: boolean): Result<Release>;
}

/** Long enough for a stream to end by age or with its tab. */
const retryAfterSeconds = 30;

/** Counts open streams, so that neither one client nor all of them together exhaust the server. */
export function openAdmission(options: AdmissionOptions): Admission {
  const { maxStreams, maxStreamsPerAddress, isExempt } = options;
  const bounds = { ...filterBounds, ...options.maxFilters };
  const open = new Map<string, number>();
  const filters = openCounts();
  const filtersByAddress = new Map<string, Counts>();
  let total = 0;

  function refuseStream(detail: string): Refused {
    return refuse({ code: 'too-many-streams', detail, retryAfterSeconds });
  }

  function refuseFilter(detail: string): Refused {
    return refuse({ code: 'too-many-filters', detail, retryAfterSeconds });
  }

  /** Why the filter is refused; `null` if it is in use already, or within the bounds. */
  function filterRefusal(who: string, limit: number, filter: string): Refused | null {
    const ofAddress = filtersByAddress.get(who);
    if (ofAddress && !ofAddress.has(filter) && ofAddress.size >= limit) {
      const named = who === '' ? 'clients without an address have' : `${who} has`;
      return refuseFilter(`${named} streams with ${limit} different filters open, which is all it may have`);
    }
    if (!filters.has(filter) && filters.size >= bounds.inAll)
      return refuseFilter(`streams with ${bounds.inAll} different filters are open, which is all there are`);
    return null;
  }

  function countFilter(who: string, filter: string): () => void {
    const ofAddress = filtersByAddress.get(who) ?? openCounts();
    filtersByAddress.set(who, ofAddress);
    ofAddress.add(filter);
    filters.add(filter);
    return () => {
      filters.remove(filter);
      ofAddress.remove(filter);
      if (ofAddress.size === 0) filtersByAddress.delete(who);
    };
  }

  return {
    admit(address, filter, isForwarded = false) {
      const counted = address !== null && (isForwarded || !isExempt(address)) ? address : null;
      const ofAddress = counted === null ? 0 : (open.get(counted) ?? 0);
      if (total >= maxStreams) return refuseStream(`${maxStreams} streams are open, which is all there are`);
      if (counted !== null && ofAddress >= maxStreamsPerAddress) {
        return refuseStream(
          `${counted} has ${maxStreamsPerAddress} streams open, which is all that one address may have`,
        );
      }
      const limit = counted === null ? bounds.perExemptAddress : bounds.perAddress;
      const refusal = filterRefusal(address ?? '', limit, filter);
      if (refusal) return refusal;
      const releaseFilter = countFilter(address ?? '', filter);
      total += 1;
      if (counted !== null) open.set(counted, ofAddress + 1);
      let released = false;
      return ok(() => {
        if (released) return;
        released = true;
        releaseFilter();
        total -= 1;
        if (counted === null) return;
        const left = (open.get(counted) ?? 1) - 1;
        if (left > 0) open.set(counted, left);
        else open.delete(counted);
      });
    },
  };
}

interface Counts {
  readonly size: number;
  has(key: string): boolean;
  add(key: string): void;
  remove(key: string): void;
}

/** How often each key is in use; a key without uses takes no memory. */
function openCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    get size() {
      return counts.size;
    },
    has: (key) => counts.has(key),
    add(key) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    remove(key) {
      const left = (counts.get(key) ?? 1) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    },
  };
}
