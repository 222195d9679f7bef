import { isIP } from 'node:net';
import type { Problem } from '@/lib/protocol/problem';
import { ownNames } from './own-names';

export type Scheme = 'http' | 'https';

export interface CheckedRequest {
  /** The `Host` header. */
  readonly host: string | null;
  /** The `Origin` header. */
  readonly origin: string | null;
  /** The `Sec-Fetch-Site` header, where another site's pages may not ask (https://w3c.github.io/webappsec-fetch-metadata/). */
  readonly fetchSite?: string | null;
  /** The client's protocol by a trusted proxy; `null` without one, since an unknown proxy may speak TLS. */
  readonly scheme?: Scheme | null;
  /** The host that the client asked a trusted proxy for. */
  readonly forwardedHost?: string | null;
  /** The port that this server itself listens on. */
  readonly listenPort?: number | null;
}

export interface AllowedCallers {
  /** What the server listens on: an address, or a name, which is then one of ours. */
  readonly host: string;
  /**
   * Host names beyond the loopback ones, IP addresses and this machine's own names, with or without a port;
   * `.example.org` is that domain and all below it, `*` any name.
   */
  readonly allowedHosts: readonly string[];
  /** Origins of other sites whose scripts may read the API, normalised (`https://example.org`). */
  readonly allowedOrigins: readonly string[];
}

interface HostParts {
  /** In lower case, without the root's dot; addresses as URLs write them. */
  readonly name: string;
  readonly port: number | null;
}

const hostPattern = /^(\[[0-9a-f:.]{2,45}(?:%[\w.~%-]{1,32})?\]|[a-z0-9._-]{1,254})(?::(\d{0,5}))?$/i;
const standardPorts = { http: 80, https: 443 } as const;

/** Reads a `Host` header or its like; `null` for what is no host (RFC 9110, 7.2). */
export function readHost(host: string): HostParts | null {
  const [, given = '', port] = hostPattern.exec(host) ?? [];
  // A zone names an interface of the client's machine, and URLs have none.
  const name = given.replace(/%.{0,32}\]$/, ']').replace(/\.$/, '');
  if (name === '' || name.split('.').includes('') || Number(port ?? 0) > 65_535) return null;
  const url = `http://${name}`;
  if (!URL.canParse(url)) return null;
  return { name: new URL(url).hostname, port: port ? Number(port) : null };
}

/**
 * DNS rebinding makes a foreign site's name point at this machine, so a name must be one of ours. An address
 * cannot be rebound: it was typed on purpose.
 */
function hostIsAllowed(host: string, { host: listenedOn, allowedHosts }: AllowedCallers): boolean {
  const asked = readHost(host);
  if (!asked) return false;
  const { name } = asked;
  if (allowedHosts.includes('*')) return true;
  if (name.startsWith('[') || isIP(name) !== 0) return true;
  if (name === readHost(listenedOn)?.name || ownNames().has(name) || name.endsWith('.localhost')) return true;
  return allowedHosts.some((allowed) => matches(asked, allowed.toLowerCase()));
}

function matches({ name, port }: HostParts, allowed: string): boolean {
  const isDomain = allowed.startsWith('.');
  const entry = readHost(isDomain ? allowed.slice(1) : allowed);
  if (!entry) return false;
  if (name !== entry.name && !(isDomain && name.endsWith(`.${entry.name}`))) return false;
  if (entry.port === null || entry.port === port) return true;
  return port === null && Object.values<number>(standardPorts).includes(entry.port);
}

interface OriginParts extends HostParts {
  readonly scheme: Scheme;
  readonly port: number;
}

function readOrigin(origin: string): OriginParts | null {
  const [, scheme = '', host = ''] = /^(https?):\/\/([^/]{1,300})$/i.exec(origin) ?? [];
  const parts = readHost(host);
  if (!parts) return null;
  const lower = scheme.toLowerCase() as Scheme;
  return { name: parts.name, scheme: lower, port: parts.port ?? standardPorts[lower] };
}

/** Whether a page of `origin` came from here: scheme, name and port (RFC 6454, 4), as far as each is known. */
function isOwnOrigin(origin: string, request: CheckedRequest): boolean {
  const { host, forwardedHost, scheme = null, listenPort = null } = request;
  const page = readOrigin(origin);
  const asked = readHost(forwardedHost ?? host ?? '');
  if (!page || !asked || page.name !== asked.name) return false;
  if (scheme !== null && page.scheme !== scheme) return false;
  if (asked.port === null) return page.port === standardPorts[page.scheme];
  if (asked.port !== page.port) return false;
  if (scheme !== null) return true;
  if (asked.port === standardPorts.https) return page.scheme === 'https';
  // Who names our own port came to us directly, and we speak no TLS.
  if (asked.port === standardPorts.http || asked.port === listenPort) return page.scheme === 'http';
  return true;
}

/** Whether the configuration allows an origin; a default port in it is none. */
export function isAllowedOrigin(origin: string, allowedOrigins: readonly string[]): boolean {
  if (!readOrigin(origin)) return false;
  return allowedOrigins.includes(new URL(origin).origin);
}

/** Returns what is wrong with where a request comes from or what it is for, or `null` when nothing is. */
export function checkRequest(request: CheckedRequest, allowed: AllowedCallers): Problem | null {
  const { host, origin, fetchSite = null, forwardedHost = null } = request;
  for (const name of forwardedHost === null ? [host] : [host, forwardedHost]) {
    if (name && hostIsAllowed(name, allowed)) continue;
    const detail = `Host "${(name ?? '').slice(0, 100)}" is not one of this machine's; add it to HOSTBEAT_ALLOWED_HOSTS`;
    return { code: 'wrong-host', detail };
  }
  if (origin !== null && isAllowedOrigin(origin, allowed.allowedOrigins)) return null;
  if (origin !== null && !isOwnOrigin(origin, request)) {
    const detail = `Pages of "${origin.slice(0, 100)}" may not read this; add it to HOSTBEAT_ALLOWED_ORIGINS`;
    return { code: 'wrong-origin', detail };
  }
  if (fetchSite === null || !/\bcross-site\b/i.test(fetchSite)) return null;
  const detail = 'Pages of other sites may not ask for this; add the origin to HOSTBEAT_ALLOWED_ORIGINS';
  return { code: 'wrong-origin', detail };
}

/** What a preflight asks (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface Preflight {
  readonly method: string;
  readonly origin: string | null;
  /** The `Access-Control-Request-Method` header. */
  readonly asksFor: string | null;
}

const daySeconds = 86_400;

/** The answer to a preflight of an allowed origin; `null` where it is none, and so allows nothing. */
export function preflightHeaders(
  { method, origin, asksFor }: Preflight,
  allowedOrigins: readonly string[],
): Readonly<Record<string, string>> | null {
  if (method !== 'OPTIONS' || !asksFor || origin === null || !isAllowedOrigin(origin, allowedOrigins))
    return null;
  return {
    ...crossOriginHeaders(origin, allowedOrigins),
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID',
    'Access-Control-Max-Age': String(daySeconds),
  };
}

/** Beyond those that scripts of other origins may always read. */
const exposedHeaders =
  'Allow, Content-Disposition, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After';

/** CORS answer headers: the one origin that was allowed by name, never a wildcard. */
export function crossOriginHeaders(
  origin: string | null,
  allowedOrigins: readonly string[],
): Readonly<Record<string, string>> {
  if (origin === null || !isAllowedOrigin(origin, allowedOrigins)) return { Vary: 'Origin' };
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': exposedHeaders,
    Vary: 'Origin',
  };
}
