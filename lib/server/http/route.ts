import type { Result } from '@/lib/protocol/result';
import { running } from '@/lib/server/running';
import type { Call } from './context';
import { problemResponse, respond } from './respond';

type Answer = Response | Result<unknown>;
type Handler = (call: Call) => Answer | Promise<Answer>;

const methodNames = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;
type Method = (typeof methodNames)[number];

interface Segment {
  readonly params: Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;
}
type RouteMethod = (request: Request, segment: Segment) => Promise<Response>;

/**
 * A route's methods for Next.js, by handler. The methods that it does not have answer with a problem that names those that
 * it has, and OPTIONS with the same list. Without a handler of its own HEAD is left to Next.js, which asks GET.
 */
export function route(
  handlers: Partial<Record<Method, Handler>>,
): Record<Exclude<Method, 'HEAD'> | 'OPTIONS', RouteMethod> & { readonly HEAD: RouteMethod } {
  const allow = [...Object.keys(handlers), 'OPTIONS', ...(handlers.GET && !handlers.HEAD ? ['HEAD'] : [])]
    .sort()
    .join(', ');

  async function refused({ method }: Request): Promise<Response> {
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { Allow: allow } });
    return problemResponse({ code: 'wrong-method', detail: `${method} is none of ${allow}`, allow });
  }

  function methodOf(method: Method): RouteMethod {
    const handler = handlers[method];
    if (!handler) return refused;
    return async (request, { params }) => {
      const context = running();
      // Next.js gives addresses without a variable part no params.
      const [id = ''] = Object.values((await params) ?? {});
      const answer = await handler({
        context,
        request,
        query: new URL(request.url).searchParams,
        id: String(id),
        client: { address: context.peerOf(request.headers), signal: request.signal },
      });
      return answer instanceof Response ? answer : respond(answer);
    };
  }

  return {
    DELETE: methodOf('DELETE'),
    GET: methodOf('GET'),
    HEAD: methodOf('HEAD'),
    OPTIONS: refused,
    PATCH: methodOf('PATCH'),
    POST: methodOf('POST'),
    PUT: methodOf('PUT'),
  };
}
