import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The description of a variable. `default` is what an unset or empty one stands for. */
export interface VariableDescription {
  readonly name: string;
  readonly takes: string;
  readonly default: string;
  readonly meaning: string;
}

type Description = Omit<VariableDescription, 'name'>;

/** Streams beyond this would need more file descriptors than any system gives a process. */
const streamsMax = 1_000_000;
const seedMax = 2 ** 32 - 1;

function wholeNumber(low: number, high: number) {
  return z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .refine((value) => value >= low && value <= high);
}

function split(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const commaList = z.string().transform((text) => split(text, /,/));
const directory = z.string().regex(/^[^\0]+$/);

/**
 * An entry of the allowed hosts as `Host` headers are compared with it: in lower case, international names as browsers
 * send them, without the root's dot. `.example.org` is that domain and all below it. `null` for what no `Host` can be.
 */
function allowedHost(text: string): string | null {
  if (text === '*') return text;
  const [, dot = '', given = '', port = ''] =
    /^(\.?)([^\s/?#@\\:[\]%]{1,255}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i.exec(text) ?? [];
  if (Number(port.slice(1)) > 65_535 || !URL.canParse(`http://${given}`)) return null;
  const name = new URL(`http://${given}`).hostname.replace(/\.$/, '');
  if (name.startsWith('[')) return dot === '' ? name + port : null;
  return name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label)) ? dot + name + port : null;
}
const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^/?#@\\\s]+\/?$/i.test(text) || !URL.canParse(text)) return false;
  const { pathname, search, hash, host } = new URL(text);
  if (/^[.*]/.test(host) || allowedHost(host) === null) return false;
  return pathname === '/' && search === '' && hash === '';
}

/** A source of CSP's frame-ancestors. Strict, since what passes lands in a header (CSP Level 3, 6.4.2). */
const ancestorPattern =
  /^('self'|'none'|https?:|(https?:\/\/)?(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:(\d{1,5}|\*))?|https?:\/\/\[[0-9a-f:]+\](:\d{1,5})?)$/i;

function areAncestors(sources: readonly string[]): boolean {
  if (sources.some((source) => source.toLowerCase() === "'none'")) return sources.length === 1;
  return sources.length > 0 && sources.every((source) => ancestorPattern.test(source));
}

function describe(takes: string, fallback: string, meaning: string): Description {
  return { takes, default: fallback, meaning };
}

/** Each variable once: how it is read and, in its metadata, how it is explained. */
const environmentSchema = z.object({
  PORT: wholeNumber(0, 65_535)
    .prefault('3000')
    .meta(describe('a whole number from 0 to 65535', '3000', 'Port to listen on; 0 takes any free one')),
  HOST: z
    .string()
    .regex(/^([a-z0-9._-]+|[0-9a-f:.]+(%\w+)?|\[[0-9a-f:.]+\])$/i)
    .transform((text) => text.replace(/^\[|\]$/g, ''))
    .prefault('127.0.0.1')
    .meta(
      describe(
        'an address or a name of this machine',
        '127.0.0.1',
        'Address to listen on; 0.0.0.0 lets the whole network in',
      ),
    ),
  HOSTBEAT_DATA_DIR: directory
    .transform((text) => resolve(text))
    .optional()
    .meta(
      describe(
        'a directory',
        'hostbeat in the state directory of the user, such as ~/.local/state/hostbeat',
        'Where everything that outlives a restart is kept',
      ),
    ),
  HOSTBEAT_INTERVAL_MS: wholeNumber(200, 60_000)
    .prefault('1000')
    .meta(
      describe(
        'a whole number of milliseconds from 200 to 60000',
        '1000',
        'Time from one sample to the next',
      ),
    ),
  HOSTBEAT_PROC: directory
    .prefault('/proc')
    .meta(describe('a directory', '/proc', 'Where the /proc of the watched host is mounted')),
  HOSTBEAT_SYS: directory
    .prefault('/sys')
    .meta(describe('a directory', '/sys', 'Where the /sys of the watched host is mounted')),
  HOSTBEAT_ROOTFS: directory
    .prefault('/')
    .meta(describe('a directory', '/', 'Where the / of the watched host is mounted, with all below it')),
  HOSTBEAT_HOST_NAME: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional()
    .meta(
      describe(
        'up to 64 letters, digits, dots, dashes and underscores',
        'the name of this machine',
        'Name of the watched host in events and on the page',
      ),
    ),
  HOSTBEAT_DEMO: wholeNumber(0, seedMax)
    .optional()
    .meta(
      describe(
        'a whole number from 0 to 4294967295',
        'none',
        'Seed of a made-up machine to show in place of this one; the same seed is the same machine',
      ),
    ),
  HOSTBEAT_ALLOWED_HOSTS: commaList
    .refine((hosts) => hosts.every((host) => allowedHost(host) !== null))
    .transform((hosts) => hosts.map((host) => allowedHost(host) ?? host))
    .prefault('')
    .meta(
      describe(
        'host names, each with or without a port, with commas between them; .example.org for a domain and all below it; * for any',
        'none',
        'Names that this server answers to, besides its addresses and its own name',
      ),
    ),
  HOSTBEAT_ALLOWED_ORIGINS: commaList
    .refine((origins) => origins.every(isOrigin))
    .transform((origins) => origins.map((origin) => new URL(origin).origin))
    .prefault('')
    .meta(
      describe(
        'origins such as https://example.org with commas between them',
        'none',
        'Other sites whose scripts may read and publish here',
      ),
    ),
  HOSTBEAT_FRAME_ANCESTORS: z
    .string()
    .transform((text) => split(text, /[ ,]/))
    .refine(areAncestors)
    .transform((sources) => sources.join(' '))
    .prefault("'self'")
    .meta(
      describe(
        "CSP sources such as 'self' https://*.example.org, or 'none'",
        "'self'",
        'Pages that may show the panels in an iframe',
      ),
    ),
  HOSTBEAT_MAX_STREAMS: wholeNumber(1, streamsMax)
    .prefault('20000')
    .meta(describe('a whole number from 1 to 1000000', '20000', 'Streams open at once; one more gets a 503')),
  HOSTBEAT_MAX_STREAMS_PER_ADDRESS: wholeNumber(1, streamsMax)
    .prefault('200')
    .meta(
      describe(
        'a whole number from 1 to 1000000',
        '200',
        'The same for one address; this machine is exempt, and clients of proxies are told apart',
      ),
    ),
  HOSTBEAT_MAX_PUBLISH_PER_SECOND: wholeNumber(1, 1_000_000)
    .prefault('1000')
    .meta(
      describe(
        'a whole number from 1 to 1000000',
        '1000',
        'Requests to publish that one address may make in a second; more get a 429',
      ),
    ),
  HOSTBEAT_TRUSTED_PROXIES: commaList
    .refine((items) => items.every((item) => address.safeParse(item).success))
    .prefault('')
    .meta(
      describe(
        'addresses and networks such as 10.0.0.0/8 with commas between them',
        'none',
        'Reverse proxies; what they say of their clients in X-Forwarded-For, -Proto and -Host is believed',
      ),
    ),
});

/** The configuration of one process. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly intervalMs: number;
  readonly procPath: string;
  readonly sysPath: string;
  readonly rootfsPath: string;
  /** `null`: the monitored host's own name. */
  readonly hostName: string | null;
  /** `null`: a real machine is monitored. */
  readonly demoSeed: number | null;
  /** In lower case, each with or without a port; `*` is any. */
  readonly allowedHosts: readonly string[];
  /** As browsers send them: scheme, host and, where it is not the scheme's own, port. */
  readonly allowedOrigins: readonly string[];
  /** The value of the CSP directive, safe to put into a header. */
  readonly frameAncestors: string;
  readonly maxStreams: number;
  readonly maxStreamsPerAddress: number;
  readonly maxPublishPerSecond: number;
  /** IPv4 and IPv6 addresses and CIDR networks. */
  readonly trustedProxies: readonly string[];
}

/** Its message has one line per bad variable: the name, what it got, what it takes. */
export class ConfigError extends Error {
  readonly code = 'bad-config';
}

const names = Object.keys(environmentSchema.shape) as (keyof typeof environmentSchema.shape)[];
const prefix = 'HOSTBEAT_';
const shownCharactersMax = 60;

/** Reads the environment; an unset or empty variable stands for its default. Throws `ConfigError`. */
export function parseConfig(env: Environment): Config {
  const given: Record<string, string> = {};
  for (const name of names) {
    const text = env[name]?.trim();
    if (text) given[name] = text;
  }
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const bad = new Set(parsed.error.issues.map(({ path }) => path[0]));
    const lines = names
      .filter((name) => bad.has(name))
      .map((name) => `${name}: got ${quoted(given[name])}, takes ${descriptionOf(name).takes}`);
    throw new ConfigError(lines.join('\n'));
  }
  const read = parsed.data;
  return {
    port: read.PORT,
    host: read.HOST,
    dataDir: read.HOSTBEAT_DATA_DIR ?? ownDirectory(env, read.HOSTBEAT_DEMO),
    intervalMs: read.HOSTBEAT_INTERVAL_MS,
    procPath: read.HOSTBEAT_PROC,
    sysPath: read.HOSTBEAT_SYS,
    rootfsPath: read.HOSTBEAT_ROOTFS,
    hostName: read.HOSTBEAT_HOST_NAME ?? null,
    demoSeed: read.HOSTBEAT_DEMO ?? null,
    allowedHosts: read.HOSTBEAT_ALLOWED_HOSTS,
    allowedOrigins: read.HOSTBEAT_ALLOWED_ORIGINS,
    frameAncestors: read.HOSTBEAT_FRAME_ANCESTORS,
    maxStreams: read.HOSTBEAT_MAX_STREAMS,
    maxStreamsPerAddress: read.HOSTBEAT_MAX_STREAMS_PER_ADDRESS,
    maxPublishPerSecond: read.HOSTBEAT_MAX_PUBLISH_PER_SECOND,
    trustedProxies: read.HOSTBEAT_TRUSTED_PROXIES,
  };
}

function quoted(text = ''): string {
  return JSON.stringify(text.slice(0, shownCharactersMax));
}

/** A made-up machine's events stay out of the log of the real one. */
function ownDirectory(env: Environment, demoSeed: number | undefined): string {
  const directory = stateDirectory(env);
  if (directory === null)
    throw new ConfigError('HOSTBEAT_DATA_DIR: this user has no home directory; takes a directory');
  return demoSeed === undefined ? directory : join(directory, `demo-${demoSeed}`);
}

/**
 * Where programs keep their state: XDG Base Directory 0.8, where a relative path counts as unset; else the system's habit.
 * `null` where that is the home of a user that has none, as containers run for any user id.
 */
export function stateDirectory(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
  homeOf: () => string = homedir,
): string | null {
  const given =
    platform === 'win32' ? env.LOCALAPPDATA : platform === 'darwin' ? undefined : env.XDG_STATE_HOME;
  if (given && (platform === 'win32' || given.startsWith('/'))) return join(given, 'hostbeat');
  const home = homeDirectory(homeOf);
  if (home === null) return null;
  if (platform === 'win32') return join(home, 'AppData', 'Local', 'hostbeat');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'hostbeat');
  return join(home, '.local', 'state', 'hostbeat');
}

/** An empty or relative home is none: the place would depend on where the start was typed. */
function homeDirectory(homeOf: () => string): string | null {
  try {
    const home = homeOf();
    return isAbsolute(home) ? home : null;
  } catch {
    return null;
  }
}

/** The description of every variable, in the order of `--help`; the same on every machine. */
export function describeConfig(): readonly VariableDescription[] {
  return names.map((name) => ({ name, ...descriptionOf(name) }));
}

function descriptionOf(name: (typeof names)[number]): Description {
  const { takes, default: fallback, meaning } = environmentSchema.shape[name].meta() ?? {};
  return describe(String(takes), String(fallback), String(meaning));
}

/** A line for each `HOSTBEAT_*` variable that means nothing here: most likely a slip of the keyboard. */
export function unknownVariables(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !name.startsWith(`${prefix}TEST_`))
    .filter((name) => !Object.hasOwn(environmentSchema.shape, name))
    .map((name) => {
      const [nearest] = names
        .map((known) => ({ known, edits: editDistance(name, known) }))
        .sort((a, b) => a.edits - b.edits);
      // With more than half of what follows the prefix wrong, a suggestion would be a guess.
      const isNear = nearest && nearest.edits <= (name.length - prefix.length) / 2;
      const near = isNear ? `; did you mean ${nearest.known}?` : '';
      return `${name} means nothing to Hostbeat${near}`;
    });
}

/** Levenshtein's distance: insertions, deletions and substitutions from one to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
