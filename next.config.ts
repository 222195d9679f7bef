import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';
import { securityHeaders } from './lib/auth/security-headers';

const withNextIntl = createNextIntlPlugin('./lib/i18n/request.ts');

const staticHeaders = Object.entries(securityHeaders).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Both pick their platform's code by require(), which a bundle would freeze.
  serverExternalPackages: ['systeminformation', 'libsql'],
  // Static files do not pass proxy.ts.
  headers: async () =>
    ['/_next/static/:path*', '/icon.svg'].map((source) => ({ source, headers: staticHeaders })),
  // There is nothing to optimise, and the optimiser would work for whoever asks.
  images: { unoptimized: true },
  // The type check is a step of its own, at TypeScript 7; Next's would run it twice.
  typescript: { ignoreBuildErrors: true },
};

export default withNextIntl(config);
