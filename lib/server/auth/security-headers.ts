export interface PageHeaderOptions {
  /** Fresh for each answer; the only inline scripts that run carry it. */
  readonly nonce: string;
  /** CSP sources that may frame the page. */
  readonly frameAncestors: string;
  /** `next dev` evaluates code and opens a socket; production does neither. */
  readonly dev: boolean;
}

/** What every answer carries. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** The Content Security Policy of answers that are no page: nothing is loaded, run or framed, whatever is in them. */
export const apiPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The Content Security Policy of a page. Style attributes are needed (charts set widths), style elements are
 * not; scripts run by nonce only.
 */
export function contentSecurityPolicy({ nonce, frameAncestors, dev }: PageHeaderOptions): string {
  const directives: readonly [string, string][] = [
    ['default-src', "'none'"],
    ['script-src', `'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`],
    ['style-src', dev ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`],
    ['style-src-attr', "'unsafe-inline'"],
    ['img-src', "'self' data:"],
    ['font-src', "'self'"],
    ['connect-src', dev ? "'self' ws:" : "'self'"],
    ['worker-src', "'self'"],
    ['manifest-src', "'self'"],
    ['form-action', "'self'"],
    ['base-uri', "'none'"],
    ['frame-ancestors', frameAncestors],
  ];
  return directives.map(([name, value]) => `${name} ${value}`).join('; ');
}
