import { BlockList, isIP } from 'node:net';

/**
 * Where no notification goes: the link-local addresses at which clouds hand out credentials, others that they
 * use for it, and "any address", which is this machine by another name. Loopback and private networks are fine:
 * that is where home servers have their receivers.
 */
const refused = new BlockList();
refused.addSubnet('0.0.0.0', 8, 'ipv4');
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addAddress('100.100.100.200', 'ipv4');
refused.addAddress('168.63.129.16', 'ipv4');
refused.addAddress('::', 'ipv6');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addAddress('fd00:ec2::254', 'ipv6');
refused.addAddress('fd20:ce::254', 'ipv6');
// The same IPv4 addresses as IPv6 carries them: compatible, translated (RFC 6052) and 6to4.
refused.addSubnet('::a9fe:0', 112, 'ipv6');
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
refused.addSubnet('2002:a9fe::', 32, 'ipv6');

/** Of an address, with or without brackets and zone; `false` for what is a name. */
export function isRefusedAddress(text: string): boolean {
  const address = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(address);
  return family !== 0 && refused.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** A destination that leads where nothing is sent. */
export class RefusedAddressError extends Error {
  readonly code = 'refused-address';

  constructor(host: string, address: string) {
    super(host === address ? `${host} is refused` : `${host} leads to ${address}, which is refused`);
  }
}
