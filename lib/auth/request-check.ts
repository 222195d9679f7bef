import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Problem } from '@/lib/events/problem';

export interface CheckedRequest {
  /** The `Host` header. */
  readonly host: string | null;
  /** The `Origin` header. */
  readonly origin: string | null;
}

export interface AllowedCallers {
  /** What the server listens on: an address, or a name, which is then one of ours. */
  readonly host: string;
  /** Host names beyond the loopback ones, IP addresses and this machine's own name; `*` allows any. */
  readonly allowedHosts: readonly string[];
  /** Origins of other sites whose scripts may read the API, normalised (`https://example.org`). */
  readonly allowedOrigins: readonly string[];
}

const ownName = hostname().toLowerCase();
const ownNames = new Set(['localhost', ownName, `${ownName}.local`]);

/** The name in a `Host` header without its port and root dot; `null` for what is no host at all. */
function nameOf(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.exec(host);
  return match?.[1]?.toLowerCase().replace(/\.$/, '') || null;
}

/**
 * DNS rebinding makes a foreign site's name point at this machine, so a name must be one of ours. An address
 * cannot be rebound: whoever typed it meant it.
 */
function hostIsAllowed(host: string, { host: listenedOn, allowedHosts }: AllowedCallers): boolean {
  const name = nameOf(host);
  if (!name) return false;
  if (allowedHosts.includes('*')) return true;
  if (name.startsWith('[') || isIP(name) !== 0) return true;
  if (name === nameOf(listenedOn) || ownNames.has(name) || name.endsWith('.localhost')) return true;
  return allowedHosts.some(
    (allowed) => allowed.toLowerCase() === name || allowed.toLowerCase() === host.toLowerCase(),
  );
}

/** `host:port` of an origin, as the `Host` header of a request to it says it. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** Returns what is wrong with a request's `Host` or `Origin`, or `null` when nothing is. */
export function checkRequest({ host, origin }: CheckedRequest, allowed: AllowedCallers): Problem | null {
  if (!host || !hostIsAllowed(host, allowed)) {
    const detail = `Host "${(host ?? '').slice(0, 100)}" is not one of this machine's; add it to HOSTBEAT_ALLOWED_HOSTS`;
    return { code: 'wrong-host', detail };
  }
  if (origin === null || allowed.allowedOrigins.includes(origin)) return null;
  if (hostOf(origin) === host.toLowerCase()) return null;
  const detail = `Pages of "${origin.slice(0, 100)}" may not read this; add it to HOSTBEAT_ALLOWED_ORIGINS`;
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
  if (method !== 'OPTIONS' || !asksFor || !origin || !allowedOrigins.includes(origin)) return null;
  return {
    ...crossOriginHeaders(origin, allowedOrigins),
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, Last-Event-ID',
    'Access-Control-Max-Age': String(daySeconds),
  };
}

/** CORS answer headers: the one origin that was allowed by name, never a wildcard. */
export function crossOriginHeaders(
  origin: string | null,
  allowedOrigins: readonly string[],
): Readonly<Record<string, string>> {
  if (!origin || !allowedOrigins.includes(origin)) return { Vary: 'Origin' };
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  };
}
