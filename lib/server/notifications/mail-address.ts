import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { mailAddress } from '@/lib/protocol/channel-settings';

/** RFC 5321, 4.5.3.1: octets of the part before the `@`, and of the whole as it stands in an SMTP command. */
const localMax = 64;
const addressMax = 254;

/** RFC 5322's atext, and with RFC 6531 what is beyond ASCII; no spaces, nothing invisible. */
const atom = /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|(?![\p{C}\p{Z}])[^\0-\x7f])+$/u;
const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/** What would end an address in a header; some letters become one of these when they are normalised. */
const special = /[\s"(),:;<>@[\\\]]/;

/** A mail address as it is sent: the domain in ASCII (RFC 5890). `null` for an invalid one. */
export function readMailAddress(text: string): string | null {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (
    at < 1 ||
    special.test(
      text
        .normalize('NFKC')
        .replace('@', '')
        .replace(/\[[^[\]]*\]$/, ''),
    )
  )
    return null;
  if (Buffer.byteLength(local) > localMax || !local.split('.').every((part) => atom.test(part))) return null;
  const sent = readDomain(domain);
  if (sent === null) return null;
  const address = `${local}@${sent}`;
  return Buffer.byteLength(address) > addressMax ? null : address;
}

/** Labels, of which one is enough (RFC 5321, 2.3.5), or an address in brackets (4.1.3). */
function readDomain(domain: string): string | null {
  const literal = /^\[(?:IPv6:)?([0-9a-f:.]+)\]$/i.exec(domain);
  if (literal) return isIP(literal[1] ?? '') === (/^\[IPv6:/i.test(domain) ? 6 : 4) ? domain : null;
  if (special.test(domain)) return null;
  const ascii = asciiHost(domain);
  return ascii.length <= 253 && ascii.split('.').every((part) => label.test(part)) ? ascii : null;
}

/** A host's name as DNS has it; empty for an invalid one. ASCII stays as it is: `domainToASCII` reads numbers as addresses. */
export function asciiHost(name: string): string {
  return /^[\x21-\x7e]*$/.test(name) ? name : domainToASCII(name);
}

/** A mail address of any user of any host: `root@localhost`, `jörg@example.org`, `me@bücher.example`. */
export const sendableMailAddress = mailAddress.refine((text) => readMailAddress(text) !== null, {
  error: 'takes a mail address, such as root@localhost',
});
