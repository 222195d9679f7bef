import { BlockList, isIP } from 'node:net';

/** Whether an address is one of these, which are addresses and CIDR networks. */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const plain = plainAddress(address);
    const isMapped = plain !== address.toLowerCase();
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(plain, family);
    else list.addSubnet(plain, isMapped ? Math.max(0, Number(bits) - 96) : Number(bits), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

const loopback = networkMatcher(['127.0.0.0/8', '::1']);

/** Whether an address is this machine's own, which no other machine can connect from. */
export function isLoopbackAddress(address: string): boolean {
  return loopback(address);
}

/**
 * Whether an address may be that of many clients: this machine's own, unless a proxy is on it, and those of `proxies`
 * (addresses and CIDR networks).
 */
export function sharedAddresses(proxies: readonly string[]): (address: string) => boolean {
  const isProxy = networkMatcher(proxies);
  // Clients of a proxy on this machine are not this machine, even if the proxy does not name them.
  return (address) => isLoopbackAddress(address) !== isProxy(address);
}

/** Whether a server that listens on `host`, an address or a name, is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return isLoopbackAddress(host) || /^(?:.{1,240}\.)?localhost\.?$/i.test(host);
}

/** An address without zone; an IPv4-mapped IPv6 address as IPv4 (RFC 4291, 2.5.5.2). */
export function plainAddress(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%', 1);
  if (isIP(bare) !== 6) return bare;
  const host = new URL(`http://[${bare}]`).hostname;
  const [, high = '', low = ''] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host) ?? [];
  if (high === '') return bare;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/**
 * What the bounds of one address count: an IPv6 address as its /64, which is one network's, and often one machine's, to
 * choose from (RFC 4291, 2.5.1). Others, and loopback, as they are.
 */
export function countedAddress(address: string): string {
  if (isIP(address) !== 6 || isLoopbackAddress(address)) return address;
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const [first, last] = [groupsOf(head), groupsOf(tail)];
  const groups = [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

export interface Client {
  /** Its address, or that of the last proxy that did not name its client. */
  readonly address: string;
  /** A proxy stands between. */
  readonly isForwarded: boolean;
}

/** Longer chains than this are made up. */
const hopsMax = 32;

/**
 * The client of a request. `X-Forwarded-For` is read from the right, since each proxy appends the address that it saw, and
 * only as far as its writers are trusted: the client may have made up the rest. A proxy on this machine is trusted
 * without being configured: clients from loopback have no limit that they could evade.
 */
export function clientOf(
  peer: string,
  forwardedFor: string | null,
  isTrusted: (address: string) => boolean,
): Client {
  let address = plainAddress(peer);
  const hops =
    forwardedFor
      ?.slice(-64 * hopsMax)
      .split(',')
      .slice(-hopsMax) ?? [];
  const isForwarded = hops.length > 0;
  while (isTrusted(address) || isLoopbackAddress(address)) {
    const hop = addressIn(hops.pop()?.trim() ?? '');
    if (hop === null) break;
    address = hop;
  }
  return { address, isForwarded };
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; `null` for `unknown` and all else. */
function addressIn(text: string): string | null {
  const [, bracketed, dotted] =
    /^(?:\[([0-9a-f:.%\w]{2,64})\]|([\d.]{7,15}))(?::\d{1,5})?$/i.exec(text) ?? [];
  const address = plainAddress(bracketed ?? dotted ?? text.slice(0, 64));
  return isIP(address) === 0 ? null : address;
}
