import { BlockList, isIP } from 'node:net';
import type { Problem } from '@/lib/events/problem';

export interface AdmissionOptions {
  /** Streams open at once, of all clients. */
  readonly maxStreams: number;
  /** Streams open at once of one address; loopback and the exempt ones have no such bound, unless loopback is a proxy. */
  readonly maxStreamsPerAddress: number;
  /** Addresses and CIDR networks behind which many clients stand. */
  readonly exempt: readonly string[];
}

export type Place =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly problem: Problem };

export interface Admission {
  /**
   * A place for one stream of a client at `address`; `null` where the address is not known. One that a proxy has named
   * is never exempt.
   */
  take(address: string | null, isForwarded?: boolean): Place;
}

/** Long enough for a rotation or a closed tab to free a place. */
const retryAfterSeconds = 30;

function listOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

const isLoopback = listOf(['127.0.0.0/8', '::1']);

/** Counts open streams, so that neither one client nor all of them together take all of the server. */
export function openAdmission({ maxStreams, maxStreamsPerAddress, exempt }: AdmissionOptions): Admission {
  const isProxy = listOf(exempt);
  const open = new Map<string, number>();
  let total = 0;

  // Clients of a proxy on this machine are not this machine, also where the proxy names none of them.
  const isExempt = (address: string) => isLoopback(address) !== isProxy(address);

  function refuse(detail: string): Place {
    return { ok: false, problem: { code: 'too-many-streams', detail, retryAfterSeconds } };
  }

  return {
    take(address, isForwarded = false) {
      const counted = address !== null && (isForwarded || !isExempt(address)) ? address : null;
      const ofAddress = counted === null ? 0 : (open.get(counted) ?? 0);
      if (total >= maxStreams) return refuse(`${maxStreams} streams are open, which is all there are`);
      if (counted !== null && ofAddress >= maxStreamsPerAddress) {
        return refuse(
          `${counted} has ${maxStreamsPerAddress} streams open, which is all that one address may have`,
        );
      }
      total += 1;
      if (counted !== null) open.set(counted, ofAddress + 1);
      let released = false;
      return {
        ok: true,
        release() {
          if (released) return;
          released = true;
          total -= 1;
          if (counted === null) return;
          const left = (open.get(counted) ?? 1) - 1;
          if (left > 0) open.set(counted, left);
          else open.delete(counted);
        },
      };
    },
  };
}
