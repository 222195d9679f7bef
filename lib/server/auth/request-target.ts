import type { Problem } from '@/lib/protocol/problem';

export type Target =
  | {
      readonly ok: true;
      /** Path and query. */
      readonly url: string;
      /** The path decoded; `/api%2Fx` and `/api/x` are the same in it. */
      readonly path: string;
      /** The host that an absolute target names. */
      readonly authority: string | null;
    }
  | { readonly ok: false; readonly problem: Problem };

/** RFC 9110, 4.1 asks for 8,000 at least. */
const targetBytesMax = 8_192;

/** Reads a request's target (RFC 9112, 3.2): a path, or the whole URL that clients of proxies send. */
export function readTarget(target: string): Target {
  if (target.length > targetBytesMax) {
    const detail = `An address takes at most ${targetBytesMax} bytes`;
    return { ok: false, problem: { code: 'uri-too-long', detail } };
  }
  const [whole, scheme, authority = null] = /^([^/?#:]{1,32}):\/\/([^/?#]*)/.exec(target) ?? [];
  const rest = target.slice(whole?.length ?? 0);
  if (scheme !== undefined && !/^https?$/i.test(scheme))
    return refusal('The address is none of http or https');
  if (authority?.includes('@')) return refusal('The address has a user in it');
  const url = scheme === undefined || rest.startsWith('/') ? rest : `/${rest}`;
  if (!url.startsWith('/')) return refusal('The address is no path');
  if (!/^[\x21-\x7e]*$/.test(url) || url.includes('#')) return refusal('The address has what no URL has');
  const [raw = ''] = url.split('?', 1);
  const path = decoded(raw);
  if (path === null) return refusal('The path is not percent-encoded UTF-8');
  if (/\p{Cc}/u.test(path)) return refusal('The path has control characters in it');
  if (raw.includes('//') || raw.includes('\\')) return refusal('The path has // or \\ in it');
  if (path.split('/').some((part) => part === '.' || part === '..')) {
    return refusal('The path has . or .. in it');
  }
  return { ok: true, url, path, authority };
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function refusal(detail: string): Target {
  return { ok: false, problem: { code: 'bad-path', detail } };
}
