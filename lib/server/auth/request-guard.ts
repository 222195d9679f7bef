import type { Problem } from '@/lib/protocol/problem';
import {
  type AllowedCallers,
  checkRequest,
  crossOriginHeaders,
  preflightHeaders,
  readHost,
  type Scheme,
} from './host-and-origin';
import { readTarget } from './request-target';
import { apiPolicy, securityHeaders } from './security-headers';

/** The head of a request as it was received. */
export interface GuardedRequest {
  readonly method: string;
  readonly target: string;
  /** Each `Host` header that there is. */
  readonly hosts: readonly string[];
  /** How many headers there are in all. */
  readonly headerCount: number;
  readonly header: (name: string) => string | null;
  /** The other end of the connection is in `HOSTBEAT_TRUSTED_PROXIES`, and so believed about scheme and host. */
  readonly isFromProxy: boolean;
  readonly listenPort: number | null;
}

interface Headers {
  readonly headers: Readonly<Record<string, string>>;
}

export type GuardDecision =
  /** Passes as a request for `url` of `host`; `headers` are set on its answer. */
  | ({ readonly kind: 'pass'; readonly url: string; readonly host: string } & Headers)
  /** Is answered with 204 and these headers, which name the allowed methods. */
  | ({ readonly kind: 'options' } & Headers)
  | ({ readonly kind: 'refuse'; readonly problem: Problem } & Headers);

const headersMax = 200;
const pageMethods = ['GET', 'HEAD', 'OPTIONS'];
const apiMethods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
/** Methods that are always refused: they would echo the request or open a tunnel (RFC 9110, 9.3). */
const neverMethods = ['CONNECT', 'TRACE'];

const apiHeaders = { ...securityHeaders, 'Content-Security-Policy': apiPolicy };

export interface GuardOptions extends AllowedCallers {
  /** `next dev` has posts of its own to its pages. */
  readonly dev?: boolean;
}

/** Decides on a request by its head (method, target, host, origin, headers) before any other code handles it. */
export function guardRequest(request: GuardedRequest, allowed: GuardOptions): GuardDecision {
  const { method, hosts, header } = request;
  const origin = header('origin');
  const corsHeaders = crossOriginHeaders(origin, allowed.allowedOrigins);
  const refuse = (problem: Problem): GuardDecision => ({
    kind: 'refuse',
    problem,
    headers: { ...apiHeaders, ...corsHeaders },
  });

  if (request.headerCount > headersMax) {
    return refuse({ code: 'headers-too-large', detail: `A request takes at most ${headersMax} headers` });
  }
  const [host = ''] = hosts;
  if (hosts.length !== 1 || !readHost(host)) {
    const detail = 'A request takes exactly one Host header, a name or an address with or without a port';
    return refuse({ code: 'bad-request', detail });
  }
  if (!apiMethods.includes(method)) return refuse(unknownMethod(method));
  if (method === 'OPTIONS' && request.target === '*') {
    return refuse(checkRequest({ host, origin: null }, allowed) ?? noServerOptions);
  }
  const target = readTarget(request.target);
  if (!target.ok) return refuse(target.problem);
  const { url, path, authority } = target.value;
  const isApi = path === '/api' || path.startsWith('/api/');

  // An absolute target takes precedence over Host (RFC 9112, 3.2.2); a foreign name in either is refused.
  const asked = {
    host: authority ?? host,
    origin,
    fetchSite: isApi ? header('sec-fetch-site') : null,
    ...forwarded(request),
    listenPort: request.listenPort,
  };
  const problem = checkRequest(asked, allowed) ?? checkRequest({ host, origin: null }, allowed);
  if (problem) return refuse(problem);

  const headers = isApi ? { ...apiHeaders, ...corsHeaders } : securityHeaders;
  if (!isApi && !pageMethods.includes(method) && !(allowed.dev && path.startsWith('/__nextjs'))) {
    return refuse(notForPages(method));
  }
  if (!isApi && method === 'OPTIONS') {
    return { kind: 'options', headers: { ...headers, Allow: pageMethods.join(', ') } };
  }
  const asksFor = header('access-control-request-method');
  const preflight = isApi ? preflightHeaders({ method, origin, asksFor }, allowed.allowedOrigins) : null;
  if (preflight) return { kind: 'options', headers: { ...apiHeaders, ...preflight } };
  return { kind: 'pass', url, host: authority ?? host, headers };
}

/** `OPTIONS *` is about the server as a whole (RFC 9110, 9.3.7), not about any address. */
const noServerOptions: Problem = {
  code: 'wrong-method',
  detail: 'OPTIONS is answered for an address, and * is none',
  allow: apiMethods.join(', '),
};

function unknownMethod(method: string): Problem {
  if (!neverMethods.includes(method)) {
    return { code: 'not-implemented', detail: `${method.slice(0, 40)} is none of ${apiMethods.join(', ')}` };
  }
  const allow = apiMethods.join(', ');
  return { code: 'wrong-method', detail: `${method} is none of ${allow}`, allow };
}

function notForPages(method: string): Problem {
  const allow = pageMethods.join(', ');
  return { code: 'wrong-method', detail: `${method} is none of ${allow}`, allow };
}

/** What a trusted proxy reports of the request that it got. Lists are of several proxies, and not reliable. */
function forwarded({ isFromProxy, header }: GuardedRequest) {
  if (!isFromProxy) return {};
  const proto = header('x-forwarded-proto')?.trim().toLowerCase();
  const scheme: Scheme | null = proto === 'http' || proto === 'https' ? proto : null;
  const [forwardedHost = ''] = (header('x-forwarded-host') ?? '').split(',', 1);
  return { scheme, forwardedHost: forwardedHost.trim() || null };
}
