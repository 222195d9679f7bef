import { type NextRequest, NextResponse } from 'next/server';
import { checkRequest, crossOriginHeaders, preflightHeaders } from '@/lib/auth/request-check';
import { contentSecurityPolicy, securityHeaders } from '@/lib/auth/security-headers';
import { problemResponse } from '@/lib/events/problem';
import { isLocale, localeCookie, localeHeader, negotiateLocale } from '@/lib/i18n/locales';
import { isTheme, themeCookie, themeHeader } from '@/lib/i18n/theme';
import { running } from '@/lib/running';

const dev = process.env.NODE_ENV !== 'production';

function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** Stands before every route: who may ask, in which language and theme, under which policy. */
export function proxy(request: NextRequest): Response {
  const { config } = running();
  const { pathname, searchParams } = request.nextUrl;
  const origin = request.headers.get('origin');

  const problem = checkRequest({ host: request.headers.get('host'), origin }, config);
  if (problem) return withHeaders(problemResponse(problem), securityHeaders);

  if (pathname.startsWith('/api/')) {
    const asksFor = request.headers.get('access-control-request-method');
    const preflight = preflightHeaders({ method: request.method, origin, asksFor }, config.allowedOrigins);
    if (preflight)
      return withHeaders(new Response(null, { status: 204 }), { ...securityHeaders, ...preflight });
    const crossOrigin = crossOriginHeaders(origin, config.allowedOrigins);
    return withHeaders(NextResponse.next(), { ...securityHeaders, ...crossOrigin });
  }

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
    ...securityHeaders,
    'Content-Security-Policy': policy,
  });
}

/** All but static files, whose headers are in next.config.ts. */
export const config = { matcher: ['/((?!_next/static/|icon\\.svg$).*)'] };
