import { type NextRequest, NextResponse } from 'next/server';
import { isLocale, localeCookie, localeHeader, negotiateLocale } from '@/lib/i18n/locales';
import { isTheme, themeCookie, themeHeader } from '@/lib/i18n/theme';
import { type GuardDecision, guardRequest } from '@/lib/server/auth/request-guard';
import { contentSecurityPolicy } from '@/lib/server/auth/security-headers';
import { isOwnServer } from '@/lib/server/http/peer';
import { problemResponse } from '@/lib/server/http/respond';
import { running } from '@/lib/server/running';

const dev = process.env.NODE_ENV !== 'production';

function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** What `scripts/serve.mjs` asks before Next.js sees a request; asked here where another server runs Next.js. */
function guarded(request: NextRequest): GuardDecision {
  const { pathname, search } = request.nextUrl;
  const host = request.headers.get('host');
  return guardRequest(
    {
      method: request.method,
      target: pathname + search,
      hosts: host === null ? [] : [host],
      headerCount: [...request.headers].length,
      header: (name) => request.headers.get(name),
      isFromProxy: false,
      listenPort: null,
    },
    { ...running().config, dev },
  );
}

/** Stands before every route: in which language and theme, under which policy. */
export function proxy(request: NextRequest): Response {
  const decision = isOwnServer() ? null : guarded(request);
  if (decision?.kind === 'refuse') return withHeaders(problemResponse(decision.problem), decision.headers);
  if (decision?.kind === 'options') return new Response(null, { status: 204, headers: decision.headers });
  const { pathname, searchParams } = request.nextUrl;
  if (pathname.startsWith('/api/')) return withHeaders(NextResponse.next(), decision?.headers ?? {});

  const { config } = running();
  const embedded = pathname.startsWith('/embed/');
  const policy = contentSecurityPolicy({
    nonce: crypto.randomUUID(),
    frameAncestors: embedded ? config.frameAncestors : "'self'",
    dev,
  });
  const headers = new Headers(request.headers);
  headers.set('Content-Security-Policy', policy);
  const asked = searchParams.get('lang') ?? request.cookies.get(localeCookie)?.value;
  headers.set(
    localeHeader,
    isLocale(asked) ? asked : negotiateLocale(request.headers.get('accept-language')),
  );
  const theme = searchParams.get('theme') ?? request.cookies.get(themeCookie)?.value;
  headers.set(themeHeader, isTheme(theme) ? theme : 'auto');

  return withHeaders(NextResponse.next({ request: { headers } }), {
    ...decision?.headers,
    'Content-Security-Policy': policy,
  });
}

/** All but static files, whose headers are in next.config.ts. */
export const config = { matcher: ['/((?!_next/static/|icon\\.svg$).*)'] };
