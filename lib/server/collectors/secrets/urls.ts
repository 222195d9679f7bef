import { mask } from './token-formats';

/** A user without a password that is longer than any name is a token. */
const userMax = 20;

/** Masks the secret of `scheme://user:secret@host`, and of Go's `user:secret@tcp(host)`. */
export function maskUrls(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', Math.max(from, at + 3))) {
    const begin = at + 3;
    let end = begin;
    while (end < text.length && !'/?#"\'<>`'.includes(text[end] ?? '')) end += 1;
    const colon = text.slice(begin, end).indexOf(':');
    const secretAt = colon === -1 ? -1 : begin + colon + 1;
    // A secret may hold a slash, which a port does not.
    if (
      secretAt !== -1 &&
      !/^\d*$/.test(text.slice(secretAt, end)) &&
      !text.slice(begin, end).includes('@')
    ) {
      const next = text.indexOf('://', end);
      end = next === -1 ? text.length : next;
    }
    const host = text.slice(begin, end).lastIndexOf('@');
    if (host === -1) continue;
    const stop = begin + host;
    const isToken = secretAt === -1 && host >= userMax;
    if (secretAt !== -1 && secretAt < stop) out += text.slice(from, secretAt) + mask;
    else if (isToken) out += text.slice(from, begin) + mask;
    else continue;
    from = stop;
  }
  const rest = text.slice(from);
  const network = /@(tcp|unix|\w{0,16}\()/.exec(rest);
  const colon = rest.indexOf(':');
  if (network && !rest.includes('://') && colon > 0 && colon < network.index) {
    return `${out}${rest.slice(0, colon + 1)}${mask}${rest.slice(network.index)}`;
  }
  return out + (rest.includes('://') ? rest : maskWithoutScheme(rest));
}

/** Before a colon these are no users. */
const noUsers = new Set('npm jsr file git link portal workspace patch mailto sip sips xmpp acct'.split(' '));

/** Masks the secret of `user:secret@host` and `domain/user:secret@host`, as proxies and Windows' tools are given them. */
function maskWithoutScheme(text: string): string {
  const oracle = /^jdbc:oracle:\w{1,16}:[^/@]{1,64}\//.exec(text)?.[0] ?? '';
  const host = text.lastIndexOf('@');
  if (oracle !== '') {
    const at = text.indexOf('@', oracle.length);
    return at === -1 ? text : oracle + mask + text.slice(at);
  }
  const colon = text.indexOf(':');
  if (colon < 1 || host <= colon + 1 || text.startsWith('//', colon + 1)) return text;
  const user = text.slice(text.lastIndexOf('=', colon) + 1, colon).replace(/^["']/, '');
  const secret = text.slice(colon + 1, host);
  const after = text.slice(host + 1);
  if (!/^[\w.\\/$-]{1,128}$/.test(user) || /^\d+$/.test(user) || noUsers.has(user.toLowerCase())) return text;
  // An image's digest; a snapshot of a remote data set.
  if (/^sha\d{3}:/.test(after) || (secret.includes('/') && !after.includes('.'))) return text;
  if (!/^(\[[\da-f:]{2,40}\]|[\w.-]{1,253})(:\d{1,5})?(?![^/?"'])/i.test(after)) return text;
  return text.slice(0, colon + 1) + mask + text.slice(host);
}
