import { isSecretValue, kindOfName, type NameKind } from './names';
import { mask } from './token-formats';

/** Characters of a name that are examined; longer ones are no names of options. */
const nameMax = 64;

const isNameCharacter = (code: number) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 || // _
  code === 45 || // -
  code === 46; // .

/** Where the name begins that ends at `end`. */
function nameStart(text: string, end: number, from = 0): number {
  let start = end;
  while (start > from && end - start < nameMax && isNameCharacter(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

/** The name that a text ends in, before what closes it: of `{"password"`, `environ['KEY']` and `//host/:_authToken`. */
export function tailName(text: string): string {
  let end = text.length;
  while (end > 0 && text.length - end < 4 && '"\'])\\'.includes(text[end - 1] ?? '')) end -= 1;
  return text.slice(nameStart(text, end), end).replace(/^-{1,2}/, '');
}

/** Where a value within a longer text ends: the parts of a URL, of connection strings, mount options and JSON. */
const valueEnds = '&;,"\'}|)<>`';

/** `-Dname`, `-vname`: what stands before an assignment may be the letter of an option and a name. */
function kindBefore(written: string): NameKind | null {
  const name = written.replace(/^-{1,2}(?=\w)/, '');
  return kindOfName(name) ?? (/^-\w\w/.test(written) ? kindOfName(name.slice(1)) : null);
}

/** Whether the value of `written` has a user and its secret, as mount.cifs takes them: `user=ada%secret`. */
const isUser = (written: string) => /^(-?o)?user(name)?$/i.test(written);

/** Masks the values of `name=value`, `name:value` and `"name":"value"`, wherever they stand in a text without blanks. */
export function maskAssignments(text: string): string {
  const hasUrl = text.includes('://');
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const isEncoded = character === '%' && /^3[AD]/i.test(text.slice(at + 1, at + 3));
    if (character !== '=' && character !== ':' && !isEncoded) continue;
    const end = nameEnd(text, at, from);
    const start = nameStart(text, end, from);
    const written = text.slice(start, end);
    if (written === '') continue;
    const kind = kindBefore(written);
    const holdsUser = kind === null && !hasUrl && isUser(written);
    if (kind === null && !holdsUser) continue;

    const secret = secretAfter(text, at + (isEncoded ? 3 : 1), start, holdsUser ? null : (kind ?? 'secret'));
    if (!secret) continue;
    out += text.slice(from, secret.start) + mask;
    from = secret.end;
    at = secret.end - 1;
  }
  return out + text.slice(from);
}

/** Where a name ends before its sign at `at`: before a quote, which may be escaped. */
function nameEnd(text: string, at: number, from: number): number {
  let end = at;
  if (end > from && (text[end - 1] === '"' || text[end - 1] === "'")) end -= 1;
  if (end < at && end > from && text[end - 1] === '\\') end -= 1;
  return end;
}

/** The secret in the value that follows an assignment's sign; `kind` is `null` for a user with a secret behind `%`. */
function secretAfter(text: string, from: number, nameAt: number, kind: NameKind | null) {
  const [open = ''] = /^(\\?["']|\[)/.exec(text.slice(from, from + 2)) ?? [];
  const start = from + open.length;
  // Nothing follows, or `pass://…`, which is a scheme.
  if (start >= text.length || text.startsWith('//', start)) return null;
  const end = endOf(text, start, open, nameAt);
  if (end === start) return null;
  const value = text.slice(start, end);
  if (kind !== null) return isSecretValue(kind, value) ? { start, end } : null;
  const percent = value.indexOf('%');
  return percent === -1 ? null : { start: start + percent + 1, end };
}

function endOf(text: string, value: number, open: string, start: number): number {
  if (open !== '') {
    const close = text.indexOf(open === '[' ? ']' : open, value);
    return close === -1 ? text.length : close;
  }
  // What begins the argument has it to its end, whatever signs are in it.
  if (start === 0 && !isUser(text.slice(0, value - 1))) return text.length;
  const isOption = start < 36 && /^-{1,2}[\w-]{1,32}=$/.test(text.slice(0, start));
  const ends = isOption ? ',' : valueEnds;
  let stop = value;
  while (stop < text.length && !ends.includes(text[stop] ?? '')) stop += 1;
  return stop;
}
