import { BlockList, isIP } from 'node:net';

/**
 * Addresses to which no notification is sent: link-local ones and others at which clouds hand out credentials, and "any
 * address", which is this machine. Loopback and private networks are allowed: home servers have their receivers there.
 */
const refused = new BlockList();
refused.addSubnet('0.0.0.0', 8, 'ipv4');
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addAddress('255.255.255.255', 'ipv4');
// Alibaba, Azure and Oracle.
refused.addAddress('100.100.100.200', 'ipv4');
refused.addAddress('168.63.129.16', 'ipv4');
refused.addAddress('192.0.0.192', 'ipv4');
refused.addAddress('::', 'ipv6');
refused.addSubnet('fe80::', 10, 'ipv6');
// Amazon, Google, Oracle and Scaleway.
refused.addSubnet('fd00:ec2::', 32, 'ipv6');
refused.addSubnet('fd20:ce::', 32, 'ipv6');
refused.addSubnet('fd00:c1::', 32, 'ipv6');
refused.addSubnet('fd00:42::', 32, 'ipv6');

/** Google's, Amazon's, Azure's, Equinix' and IBM's. */
const metadataNames =
  /^(?:metadata(?:\.(?:google|azure)\.internal|\.packet\.net)?|metadata\.goog|instance-data(?:\.ec2\.internal)?|api\.metadata\.cloud\.ibm\.com)\.?$/i;

/**
 * Of an address, with or without brackets and zone, or a name; of names only those of clouds' metadata are refused,
 * wherever they lead. An IPv6 address that carries an IPv4 address is checked by that one, too.
 */
export function isRefusedAddress(text: string): boolean {
  const address = text.replace(/^\[|\]$/g, '').replace(/%[\s\S]*/, '');
  const family = isIP(address);
  if (family === 4) return refused.check(address, 'ipv4');
  if (family === 0) return metadataNames.test(address);
  return refused.check(address, 'ipv6') || carriedIpv4(wordsOf(address)).some(isRefusedAddress);
}

/** The eight 16-bit words of an IPv6 address that is one. */
function wordsOf(address: string): readonly number[] {
  const dotted = /(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  const [a = 0, b = 0, c = 0, d = 0] = (dotted ?? []).slice(1).map(Number);
  const hex = dotted
    ? address.replace(dotted[0], `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`)
    : address;
  const [head = '', tail] = hex.split('::');
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const [first, last] = [parse(head), parse(tail ?? '')];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** The IPv4 addresses in an IPv6 address, by each way in which one may be in it. */
function carriedIpv4(words: readonly number[]): readonly string[] {
  const [w0 = 0, w1 = 0, w2 = 0, w3 = 0, w4 = 0, w5 = 0, w6 = 0, w7 = 0] = words;
  const found: string[] = [];
  const ipv4 = (high: number, low: number) =>
    found.push([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  const startsEmpty = w0 === 0 && w1 === 0 && w2 === 0 && w3 === 0;
  // Compatible and mapped (RFC 4291, 2.5.5), and translated (RFC 2765, 2.1).
  const isCompatible = w4 === 0 && w5 === 0 && w6 !== 0;
  const isMapped = w4 === 0 && w5 === 0xffff;
  const isTranslated = w4 === 0xffff && w5 === 0;
  if (startsEmpty && (isCompatible || isMapped || isTranslated)) ipv4(w6, w7);
  // NAT64's well-known prefix (RFC 6052, 2.1).
  if (w0 === 0x64 && w1 === 0xff9b && w2 === 0) ipv4(w6, w7);
  // NAT64 within a network (RFC 8215), by each length of prefix (RFC 6052, 2.2); bits 64 to 71 stay out of it.
  if (w0 === 0x64 && w1 === 0xff9b && w2 === 1) {
    const highs = [w6, w3, ((w3 & 255) << 8) | (w4 & 255), ((w4 & 255) << 8) | (w5 >> 8)];
    const lows = [w7, ((w4 & 255) << 8) | (w5 >> 8), w5, ((w5 & 255) << 8) | (w6 >> 8)];
    // Zeros are the rest of a prefix of another length.
    for (const [index, high] of highs.entries()) if (high > 255) ipv4(high, lows[index] ?? 0);
  }
  // 6to4 (RFC 3056), Teredo's server and client (RFC 4380, 4), ISATAP (RFC 5214, 6.1).
  if (w0 === 0x2002) ipv4(w1, w2);
  if (w0 === 0x2001 && w1 === 0) {
    ipv4(w2, w3);
    ipv4(w6 ^ 0xffff, w7 ^ 0xffff);
  }
  if ((w4 === 0 || w4 === 0x200) && w5 === 0x5efe) ipv4(w6, w7);
  return found;
}

/** A destination that leads where nothing is sent. */
export class RefusedAddressError extends Error {
  readonly code = 'refused-address';

  constructor(host: string, address: string) {
    super(host === address ? `${host} is refused` : `${host} leads to ${address}, which is refused`);
  }
}
