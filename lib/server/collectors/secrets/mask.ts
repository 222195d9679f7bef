import { maskAssignments, tailName } from './assignments';
import { isSecretValue, kindOfName, type NameKind } from './names';
import { pipedSecrets, wordsOf } from './shell';
import { mask, maskPrivateKeys, maskTokens } from './token-formats';
import { type Tool, toolsOf } from './tools';
import { maskUrls } from './urls';

/** A pair of a name and a secret, of which the name stays. */
function maskPair(pair: string): string {
  const at = pair.search(/[:%,=]/);
  return at === -1 ? pair : pair.slice(0, at + 1) + mask;
}

const schemes = /^(bearer|basic|digest|token|negotiate|apikey|key)$/i;
/** Between a name and its value, where blanks stand around them. */
const operators = new Set(['=', ':', ':=', '=>', '==']);
/** After these, a bare name is followed by its value: `aws configure set aws_secret_access_key X`. */
const verbs = ['set', 'SET', 'put', 'PUT', 'config', 'modify'];
/** In SQL these come before the password of an account. */
const accountWords = ['user', 'role', 'login', 'with', 'USER', 'ROLE', 'LOGIN', 'WITH'];

interface SeenTool {
  readonly tool: Tool;
  /** Arguments without a dash since then. */
  plain: number;
  /** How many of these come before a secret; `null` where none is awaited. */
  before: number | null;
}

/** What is known while the arguments of one command are gone through. */
interface Place {
  /** Programs may be called by others: `docker exec db mysql`. */
  readonly tools: SeenTool[];
  /** What the next argument is; `quoted` is a secret if it is in quotes. */
  next: NameKind | 'header' | 'pair' | 'quoted' | null;
  /** What the argument before was the bare name of. */
  named: NameKind | null;
  readonly seen: Set<string>;
}

const toolsMax = 8;
const newPlace = (): Place => ({ tools: [], next: null, named: null, seen: new Set() });

/** Where the value of the option `name` begins in an argument that holds both; `null` when it is another option. */
function valueStart(argument: string, name: string): number | null {
  if (!argument.startsWith(name)) return null;
  if (name.length > 3 && name.startsWith('-')) return argument[name.length] === '=' ? name.length + 1 : null;
  return name.length === 2 || name === '-hp' || name.endsWith(':') ? name.length : null;
}

/** Masks the value of an option within the same argument; `null` when it is none of these. */
function maskAttached(argument: string, pairs: readonly string[], secrets: readonly string[]): string | null {
  for (const name of pairs) {
    const start = valueStart(argument, name);
    if (start !== null) return argument.slice(0, start) + maskPair(argument.slice(start));
  }
  for (const name of secrets) {
    const start = valueStart(argument, name);
    if (start !== null) return argument.slice(0, start) + mask;
  }
  return null;
}

/** Masks an argument that is no option, by its position or form; `null` when it holds no secret. */
function maskOperand(
  argument: string,
  tool: Place['tools'][number]['tool'],
  position: number,
): string | null {
  if (tool.lastOf !== undefined && position >= tool.lastOf) return mask;
  if (tool.account && /^[\w.-]{0,128}\/[\w.$-]{1,128}:./.test(argument)) return maskPair(argument);
  const slash = tool.slash ? argument.indexOf('/') : -1;
  if (slash <= 0) return null;
  const host = argument.lastIndexOf('@');
  return argument.slice(0, slash + 1) + mask + (host > slash ? argument.slice(host) : '');
}

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

    const attachedMasked = maskAttached(argument, pairs, [...options, ...attached]);
    if (attachedMasked !== null) return attachedMasked;
    const masked = argument.startsWith('-') ? null : maskOperand(argument, tool, plain);
    if (masked !== null) return masked;
  }
  return null;
}

/** `--password=my secret`: what begins with the name of a secret is one to its end, with all blanks. */
function maskWhole(argument: string): string | null {
  const [, start = '', name = ''] = /^(-{0,2}([A-Za-z][\w.-]{0,63})=)./.exec(argument) ?? [];
  const kind = name === '' ? null : kindOfName(name);
  return kind !== null && isSecretValue(kind, argument.slice(start.length)) ? start + mask : null;
}

/** Takes an argument into account. Returns whether it is where a program takes a secret without a name. */
function note(argument: string, place: Place): boolean {
  const isOption = argument.startsWith('-');
  let isAwaited = false;
  for (const seen of isOption ? [] : place.tools) {
    seen.plain += 1;
    if (argument.startsWith('+')) seen.before = null;
    if (seen.before === 0) isAwaited = true;
    seen.before = seen.before === null ? null : seen.before - 1;
    if (seen.before === -1) seen.before = null;
    else if (seen.before === null) seen.before = seen.tool.words?.[argument] ?? null;
  }
  for (const letter of ['b', 'n'])
    if (/^-[A-Za-z]{1,8}$/.test(argument) && argument.includes(letter)) place.seen.add(`-${letter}`);
  place.seen.add(argument);
  if (!isOption && place.tools.length < toolsMax) {
    for (const tool of toolsOf(argument)) place.tools.unshift({ tool, plain: 0, before: null });
  }
  place.next = nextOf(argument, place);
  return isAwaited;
}

/** What an argument means for the one after it. */
function nextOf(argument: string, { tools, seen }: Place): Place['next'] {
  if (tools.some(({ tool }) => tool.plain?.includes(argument))) return null;
  const flag = /^(?:--?|\/)([A-Za-z][\w.-]{0,63})$/.exec(argument)?.[1];
  if (flag !== undefined) return kindOfName(flag);
  if (/^bearer$/i.test(argument)) return 'header';
  if (argument.endsWith(':') && kindOfName(tailName(argument.slice(0, -1)))) return 'header';
  if (argument.startsWith('-')) return null;
  if (/^by$/i.test(argument) && (seen.has('IDENTIFIED') || seen.has('identified'))) return 'quoted';
  if (/^password$/i.test(argument) && accountWords.some((word) => seen.has(word))) return 'quoted';
  if (argument === '=' && seen.has('SET') && seen.has('PASSWORD')) return 'quoted';
  // `PASSWORD= app` of a shell runs the program without one.
  if (argument.endsWith('=') && argument !== argument.toUpperCase()) {
    return kindOfName(tailName(argument.slice(0, -1)));
  }
  if (!verbs.some((verb) => seen.has(verb)) || argument.includes('=')) return null;
  const name = tailName(argument);
  return (
    kindOfName(name) ?? (name.split('.').some((part) => kindOfName(part) === 'secret') ? 'secret' : null)
  );
}

/** An argument after one that announces it; `null` where it is not that. */
function maskNext(argument: string, next: Place['next'], place: Place): string | null {
  const bare = argument.replace(/^["']/, '');
  if (next === null || (next === 'quoted' && bare === argument)) return null;
  if (operators.has(argument)) {
    place.next = next;
    return argument;
  }
  if (next === 'secret' || next === 'quoted') return mask;
  if (next === 'pair') return maskPair(argument);
  if (next === 'header') {
    if (schemes.test(bare) || bare.endsWith(';') || bare.endsWith(',')) place.next = 'header';
    return schemes.test(bare) ? argument : mask;
  }
  if (!isSecretValue(next, bare.replace(/["']$/, ''))) return null;
  return next === 'login' && bare.includes(':') ? maskPair(argument) : mask;
}

function maskArgument(argument: string, place: Place): string {
  const { next, named } = place;
  // A secret that looks like an option is masked, and counts as one: then nothing after it is laid open.
  const isAwaited = note(argument.replace(/^["']/, ''), place);
  place.named = argument.startsWith('-') ? null : kindOfName(tailName(argument));
  const masked = maskNext(argument, next, place);
  if (masked !== null) return masked;
  if (isAwaited) return mask;
  if (named !== null && operators.has(argument)) {
    place.next = named;
    return argument;
  }
  if (named !== null && /^=[^=]/.test(argument) && isSecretValue(named, argument.slice(1))) return `=${mask}`;
  if (place.next !== null) return argument;
  if (place.tools.some(({ tool }) => tool.plain?.some((option) => argument.startsWith(`${option}=`)))) {
    return argument;
  }
  return maskOption(argument, place) ?? maskTokens(maskAssignments(maskUrls(argument)));
}

/** How deep texts within texts are gone into, as in `sh -c "ssh host 'mysql -psecret'"`. */
const depthMax = 3;
/** One command ends here, and another begins. */
const commandEnd = /(^[|&]{1,2}|;)$/;

function maskSequence(parts: readonly string[], depth: number): string[] {
  const piped = pipedSecrets(parts);
  let place = newPlace();
  return parts.map((part, index) => {
    if (piped.has(index)) return mask;
    const masked = maskPart(part, place, depth);
    if (commandEnd.test(part) && place.next === null) place = newPlace();
    return masked;
  });
}

function maskPart(part: string, place: Place, depth: number): string {
  if (place.next !== null || depth >= depthMax || !/\s/.test(part)) return maskArgument(part, place);
  const quote = /^["']/.exec(part)?.[0] ?? '';
  const isQuoted = quote !== '' && part.length > 1 && part.endsWith(quote);
  const inner = isQuoted ? part.slice(1, -1) : part;
  const known = maskWhole(inner) ?? (part.startsWith('-') ? maskOption(part, place) : null);
  if (known !== null && known !== inner) return quote === '' ? known : quote + known + quote;
  const words = wordsOf(inner);
  // One that is a single word is gone into no further.
  if (words.length === 1 && !isQuoted) return maskArgument(part, place);
  const masked = maskSequence(words, depth + 1);
  if (masked.every((word, index) => word === words[index])) return part;
  return isQuoted ? quote + masked.join(' ') + quote : masked.join(' ');
}

/**
 * A command's arguments with its secrets masked as `***`, however long they are: values of options, variables and
 * settings that are called password, token, secret and the like (also in the next argument), what known programs take
 * without a name, users' secrets in URLs, authorization headers and what looks like a key. Names that may mean something
 * else (`key`, `pin`, `auth`) are decided by their value. Time is linear in the length. What a program calls otherwise
 * is not known to be a secret.
 */
export const maskArguments = (args: readonly string[]): string[] =>
  maskSequence(args.map(maskPrivateKeys), 0);

/** A text of one or more words, such as a title that a process has given itself, with its secrets masked. */
export function maskText(text: string): string {
  // Most names have nothing in which a secret could be.
  if (!/[=:@\s_-]/.test(text)) return text;
  return maskSequence([maskPrivateKeys(text)], 0).join(' ');
}
