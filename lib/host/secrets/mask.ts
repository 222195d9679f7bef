import { type Tool, toolOf } from './tools';

/** In the place of a secret, however long that is. */
const mask = '***';

/** What the name of a secret ends in, without its separators: `--db-password`, `clientSecret`, `PGPASSWORD`. */
const secretEnd =
  /(password|passwd|passwort|passphrase|passcode|pwd|secret|token|apikey|accesskey|secretkey|privatekey|authkey|accountkey|sharedkey|masterkey|signingkey|encryptionkey|licensekey|credentials?|signature|(user|db|root|admin|http|ftp|smtp|bind|key|store|ssl)pass)$/;
/** Names that are one whole. */
const secretNames = new Set(
  'pass passin passout requirepass masterauth pw jwt sig auth authorization proxyauthorization cookie setcookie xauthkey bearer psk secretid'.split(
    ' ',
  ),
);
const workingDirectories = ['PWD', 'OLDPWD'];
/** With these a name is a switch, and what follows is no secret. */
const switches = new Set(['no', 'ask', 'without', 'prompt', 'skip', 'disable', 'enable', 'generate']);
/** Characters looked at of a name; longer ones are no names of options. */
const nameMax = 64;

function isSecretName(name: string): boolean {
  if (workingDirectories.includes(name)) return false;
  const words = name.toLowerCase().split(/[-_.]/);
  if (words.length > 1 && switches.has(words[0] ?? '')) return false;
  const whole = words.join('');
  return words.at(-1) === 'pass' || secretNames.has(whole) || secretEnd.test(whole);
}

const isNameCharacter = (code: number) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 || // _
  code === 45 || // -
  code === 46; // .

/** Where a value within a longer text ends: the parts of a URL, of connection strings, mount options and JSON. */
const valueEnds = '&;,"\'}|)<>`';

/** Masks the values of `name=value`, `name:value` and `"name":"value"`, wherever they stand in a text without blanks. */
function maskAssignments(text: string): string {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character !== '=' && character !== ':') continue;
    let end = at;
    if (end > from && (text[end - 1] === '"' || text[end - 1] === "'")) end -= 1;
    let start = end;
    while (start > from && end - start < nameMax && isNameCharacter(text.charCodeAt(start - 1))) start -= 1;
    const name = text.slice(start, end).replace(/^-{1,2}D?(?=\w)/, '');
    if (name === '' || !isSecretName(name)) continue;
    let value = at + 1;
    if (text[value] === '"' || text[value] === "'") value += 1;
    // Nothing follows, or `pass://…`, which is a scheme.
    if (value >= text.length || text.startsWith('//', value)) continue;
    // What begins the argument has it to its end, whatever signs are in it.
    const isWhole = start === 0 && value === at + 1;
    let stop = value;
    while (stop < text.length && (isWhole || !valueEnds.includes(text[stop] ?? ''))) stop += 1;
    if (stop === value) continue;
    out += text.slice(from, value) + mask;
    from = stop;
    at = stop - 1;
  }
  return out + text.slice(from);
}

/** A user without a password that is longer than any name is a token. */
const userMax = 20;

/** Masks the secret of `scheme://user:secret@host`, and of Go's `user:secret@tcp(host)`. */
function maskUrls(text: string): string {
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
  return out + rest;
}

/**
 * Secrets that are known by their look: keys of GitHub, GitLab, Slack, AWS, Google, Stripe, OpenAI and others, JWTs, and
 * addresses that are themselves a key. Each begins where a run of its characters does, so that no run is tried twice.
 */
const looks: readonly (readonly [RegExp, string])[] = [
  [
    /(?<![A-Za-z0-9_-])(gh[pousr]_|github_pat_|glpat-|gldt-|xox[abeoprs]-|xapp-|sk-|[sr]k_(?:live|test)_|whsec_|AIza|hf_|npm_|pypi-|dop_v1_|shp(?:at|ca|pa|ss)_|dckr_pat_|hvs\.|hvb\.|tskey-|AGE-SECRET-KEY-|ATATT3)[A-Za-z0-9_-]{12,}/g,
    `$1${mask}`,
  ],
  [/(?<![A-Za-z0-9_-])((?:AKIA|ASIA))[A-Z0-9]{16}(?![A-Za-z0-9_-])/g, `$1${mask}`],
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g, mask],
  [/(?<![A-Za-z0-9_-])(ya29\.|SG\.)[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]+)?/g, `$1${mask}`],
  [/(hooks\.slack\.com\/(?:services|workflows)\/)[A-Za-z0-9_/-]+/g, `$1${mask}`],
  [/(\/api\/webhooks\/\d{1,20}\/)[A-Za-z0-9_-]+/g, `$1${mask}`],
  [/(\/bot\d{1,12}:)[A-Za-z0-9_-]{20,}/g, `$1${mask}`],
];

const maskLooks = (text: string) => looks.reduce((masked, [look, by]) => masked.replace(look, by), text);

/** A pair of a name and a secret, of which the name stays. */
function maskPair(pair: string): string {
  const at = pair.search(/[:%,]/);
  return at === -1 ? pair : pair.slice(0, at + 1) + mask;
}

const schemes = /^(bearer|basic|digest|token|negotiate|apikey|key)$/i;

interface SeenTool {
  readonly tool: Tool;
  /** Arguments without a dash since then. */
  plain: number;
}

/** What is known while the arguments of one command are gone through. */
interface Place {
  /** Programs may be called by others: `docker exec db mysql`. */
  readonly tools: SeenTool[];
  /** What the next argument is. */
  next: 'secret' | 'header' | 'pair' | null;
  readonly seen: Set<string>;
}

const toolsMax = 8;
const newPlace = (): Place => ({ tools: [], next: null, seen: new Set() });

/** Masks what one argument takes of a program's own options; `null` when it is none of them. */
function maskOption(argument: string, place: Place): string | null {
  for (const { tool, plain } of place.tools) {
    if (tool.after !== undefined && !place.seen.has(tool.after)) continue;
    const { pairs = [], options = [], attached = [] } = tool;
    // `-su` of curl is `-s -u`.
    const last = /^-[A-Za-z]{2,8}$/.test(argument) ? `-${argument.at(-1)}` : argument;
    if (pairs.includes(argument) || pairs.includes(last)) place.next = 'pair';
    else if (options.includes(argument)) place.next = 'secret';
    if (place.next !== null || attached.includes(argument)) return argument;

    const startOf = (name: string) => {
      if (!argument.startsWith(name)) return null;
      if (name.startsWith('--')) return argument[name.length] === '=' ? name.length + 1 : null;
      return name.length === 2 || name === '-hp' || name.endsWith(':') ? name.length : null;
    };
    for (const name of pairs) {
      const start = startOf(name);
      if (start !== null) return argument.slice(0, start) + maskPair(argument.slice(start));
    }
    for (const name of [...options, ...attached]) {
      const start = startOf(name);
      if (start !== null) return argument.slice(0, start) + mask;
    }
    if (argument.startsWith('-')) continue;
    if (tool.lastOf !== undefined && plain >= tool.lastOf) return mask;
    const slash = tool.slash ? argument.indexOf('/') : -1;
    if (slash > 0) {
      const host = argument.lastIndexOf('@');
      return argument.slice(0, slash + 1) + mask + (host > slash ? argument.slice(host) : '');
    }
  }
  return null;
}

/** `--password=my secret`: what begins with the name of a secret is one to its end, with all blanks. */
function maskWhole(argument: string): string | null {
  const [, start = '', name = ''] = /^(-{0,2}([A-Za-z][\w.-]{0,63})=)./.exec(argument) ?? [];
  return name !== '' && isSecretName(name) ? start + mask : null;
}

/** The name before a colon at the end of a text: of `{"password":` and `X-Api-Key:`. */
function headerName(text: string): string {
  const end = text.slice(-nameMax - 2, -1).replace(/["']$/, '');
  return /(?<![\w.-])[\w.-]+$/.exec(end)?.[0] ?? '';
}

/** Takes an argument into account. */
function note(argument: string, place: Place): void {
  const isOption = argument.startsWith('-');
  for (const seen of place.tools) if (!isOption) seen.plain += 1;
  place.seen.add(/^-[A-Za-z]{0,8}b/.test(argument) ? '-b' : argument);
  const tool = isOption ? null : toolOf(argument);
  if (tool && place.tools.length < toolsMax) place.tools.unshift({ tool, plain: 0 });
  const flag = /^(?:--?|\/)([A-Za-z][\w.-]{0,63})$/.exec(argument)?.[1];
  if (flag !== undefined && isSecretName(flag)) place.next = 'secret';
  else if (/^bearer$/i.test(argument)) place.next = 'header';
  else if (argument.endsWith(':') && isSecretName(headerName(argument))) place.next = 'header';
}

function maskArgument(argument: string, place: Place): string {
  const { next } = place;
  place.next = null;
  const bare = argument.replace(/^["']/, '');
  // A secret that looks like an option is masked, and counts as one: then nothing after it is laid open.
  note(bare, place);
  if (next === 'secret') return mask;
  if (next === 'pair') return maskPair(argument);
  if (next === 'header') {
    if (schemes.test(bare) || bare.endsWith(';') || bare.endsWith(',')) place.next = 'header';
    return schemes.test(bare) ? argument : mask;
  }
  if (place.next !== null) return argument;
  return maskOption(argument, place) ?? maskLooks(maskAssignments(maskUrls(argument)));
}

/** The words of a text as a shell has them: what is quoted is one, with its quotes. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (const character of text) {
    if (quote === '' && (character === ' ' || character === '\t' || character === '\n')) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += character;
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
  }
  if (word !== '') words.push(word);
  return words;
}

/** How deep texts within texts are gone into, as in `sh -c "ssh host 'mysql -psecret'"`. */
const depthMax = 3;

function maskSequence(parts: readonly string[], depth: number): string[] {
  const place = newPlace();
  return parts.map((part) => {
    if (place.next !== null || depth >= depthMax || !/\s/.test(part)) return maskArgument(part, place);
    const known = maskWhole(part) ?? (part.startsWith('-') ? maskOption(part, place) : null);
    if (known !== null && known !== part) return known;
    const quote = /^["']/.exec(part)?.[0] ?? '';
    const isQuoted = quote !== '' && part.length > 1 && part.endsWith(quote);
    const words = wordsOf(isQuoted ? part.slice(1, -1) : part);
    // One that is a single word is gone into no further.
    if (words.length === 1 && !isQuoted) return maskArgument(part, place);
    const masked = maskSequence(words, depth + 1);
    if (masked.every((word, index) => word === words[index])) return part;
    return isQuoted ? quote + masked.join(' ') + quote : masked.join(' ');
  });
}

/**
 * A command's arguments with its secrets masked as `***`, however long they are: values of options and variables that are
 * called password, token, secret and the like (also in the next argument), short options of known programs, users'
 * secrets in URLs, authorization headers and what looks like a key. Time is linear in the length. What a program calls
 * otherwise is not known to be a secret.
 */
export const maskArguments = (args: readonly string[]): string[] => maskSequence(args, 0);

/** A text of one or more words, such as a title that a process has given itself, with its secrets masked. */
export function maskText(text: string): string {
  // Most names have nothing in which a secret could be.
  if (!/[=:@\s_-]/.test(text)) return text;
  return maskSequence([text], 0).join(' ');
}
