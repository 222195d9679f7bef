import { ok, type Refused, type Result, refuse } from '@/lib/protocol/result';

export interface RequestTarget {
  /** Path and query. */
  readonly url: string;
  /** The path decoded; `/api%2Fx` and `/api/x` are the same in it. */
  readonly path: string;
  /** The host that an absolute target names. */
  readonly authority: string | null;
}

/** RFC 9110, 4.1 asks for 8,000 at least. */
const targetBytesMax = 8_192;

/** Reads a request's target (RFC 9112, 3.2): a path, or the whole URL that clients of proxies send. */
export function readTarget(target: string): Result<RequestTarget> {
  if (target.length > targetBytesMax) {
    const detail = `An address takes at most ${targetBytesMax} bytes`;
    return refuse({ code: 'uri-too-long', detail });
  }
  const [whole, scheme, authority = null] = /^([^/?#:]{1,32}):\/\/([^/?#]*)/.exec(target) ?? [];
  const rest = target.slice(whole?.length ?? 0);
  if (scheme !== undefined && !/^https?$/i.test(scheme))
    return badPath('The address is none of http or https');
  if (authority?.includes('@')) return badPath('The address has a user in it');
  const url = scheme === undefined || rest.startsWith('/') ? rest : `/${rest}`;
  if (!url.startsWith('/')) return badPath('The address is no path');
  if (!/^[\x21-\x7e]*$/.test(url) || url.includes('#')) return badPath('The address has what no URL has');
  const [raw = ''] = url.split('?', 1);
  const path = decoded(raw);
  if (path === null) return badPath('The path is not percent-encoded UTF-8');
  if (/\p{Cc}/u.test(path)) return badPath('The path has control characters in it');
  if (raw.includes('//') || raw.includes('\\')) return badPath('The path has // or \\ in it');
  if (path.split('/').some((part) => part === '.' || part === '..')) {
    return badPath('The path has . or .. in it');
  }
  return ok({ url, path, authority });
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function badPath(detail: string): Refused {
  return refuse({ code: 'bad-path', detail });
}
