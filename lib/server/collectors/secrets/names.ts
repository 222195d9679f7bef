/**
 * What a name means for its value: `secret` is one whatever its form; `login` may also be a file or a plain word
 * (`--auth basic`), `pass` a digit (ffmpeg's passes), `key` and `pin` are secrets by their shape alone.
 */
export type NameKind = 'secret' | 'login' | 'pass' | 'key' | 'pin';

/** What the name of a secret ends in, without its separators: `--db-password`, `clientSecret`, `PGPASSWORD`. */
const secretEnd =
  /(password|passwd|passwort|passphrase|passcode|pwd|secret|token|apikey|accesskey|secretkey|privatekey|authkey|accountkey|sharedkey|masterkey|signingkey|encryptionkey|licensekey|subscriptionkey|functionskey|sessionkey|sessionid|sessid|userpw|rootpw|bindpw|ownerpw)$/;
const loginEnd = /(credentials?|creds|signature|auth|userpwd|userpass|cookie)$/;
const pins = new Set(['pin', 'sopin', 'userpin', 'otp', 'totp']);
/** A word of its own, as in `hmac-key` and `hmacKey`; `monkey` is none. */
const keyEnd = /(?:^|[-_.])keys?$|[a-z]Keys?$|_KEYS?$|^KEYS?$/;
const listEnd = /(tokens|secrets|passwords)$/;
const passEnd = /pass$/;
/** Words that end in `pass` and have nothing to do with passwords; what asks for one is a program. */
const noPass =
  /((by|com|multi|one|two|single|first|sur|over|under|encom|tres|low|high|band|render)pass|askpass)$/;
/** Keys that are names of columns, public or hints at a key. */
const noKey = new Set(
  'public pub primary foreign sort partition row range map shard routing hot hash index cache object default local recv known host authorized'.split(
    ' ',
  ),
);
/** Names that are one whole. */
const secretNames = new Set(
  'passin passout requirepass masterauth pw upw opw jwt sig authorization proxyauthorization setcookie xauthkey bearer psk secretid identifiedby'.split(
    ' ',
  ),
);
/** Last words of names of several words: `ROOT_PW`, `GH_PAT`, `wifi-sec.psk`. */
const secretWords = new Set(['pw', 'pat', 'psk']);
/** Not secrets, though they end like some. */
const noSecrets = new Set(['PWD', 'OLDPWD', 'auth-user-pass']);
/** With these a name is a switch, and what follows is no secret. */
const switches = new Set(
  'no ask with without use prompt skip show print list disable enable generate require requires has is stdin allow delete export import'.split(
    ' ',
  ),
);
/** With these it counts. */
const counts = new Set(['max', 'min', 'num', 'total']);

/** What the name of an option, a variable or a field means for its value; `null` where that is no secret. */
export function kindOfName(name: string): NameKind | null {
  if (noSecrets.has(name)) return null;
  const words = name.toLowerCase().split(/[-_.]/);
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  if (words.length > 1 && (switches.has(first) || counts.has(first))) return null;
  const whole = words.join('');
  if (secretNames.has(whole) || secretEnd.test(whole)) return 'secret';
  if (words.length > 1 && secretWords.has(last)) return 'secret';
  if (loginEnd.test(whole)) return 'login';
  if (passEnd.test(whole)) return noPass.test(whole) ? null : 'pass';
  if (pins.has(last)) return 'pin';
  if (listEnd.test(whole)) return 'key';
  return keyEnd.test(name) && !words.some((word) => noKey.has(word)) ? 'key' : null;
}

const isPath = (value: string) =>
  /^[~./]|^[A-Za-z]:\\/.test(value) || value.includes('/') || /\.[A-Za-z]{1,12}\d?$/.test(value);

/** Letters and digits, or signs that no name has; and no file, column, list of numbers or id of a public key. */
function isKeyShaped(value: string): boolean {
  if (value.length < 6 || /^id_|^0x/.test(value) || /^[\d.,]+[a-zA-Z]?$/.test(value)) return false;
  if (/[!@#$%^&*+]/.test(value)) return true;
  if (isPath(value) && !/^[A-Za-z0-9+/_-]{24,}={0,2}$/.test(value)) return false;
  // It says so itself, or is no word of any language.
  if (/secret|passw/i.test(value) || /^[A-Z]{8,}$/.test(value)) return true;
  return /\d/.test(value) && /[A-Za-z]/.test(value);
}

/** Whether the value of a name of this kind is a secret. */
export function isSecretValue(kind: NameKind, value: string): boolean {
  if (kind === 'secret') return true;
  if (kind === 'pass') return !/^\d?$/.test(value);
  if (kind === 'pin') return /^\d{4,}$/.test(value) || isKeyShaped(value);
  if (kind === 'key') return isKeyShaped(value);
  if (/^--?[A-Za-z]/.test(value) || /^SHA-?\d/i.test(value)) return false;
  const [head = ''] = value.split(',', 1);
  return !(isPath(head) && !/[:=]/.test(head)) && !/^([A-Za-z]{0,8}|oauth2|\d)$/.test(value);
}
