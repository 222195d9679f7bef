import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';
import { securityHeaders } from './lib/server/auth/security-headers';

const withNextIntl = createNextIntlPlugin({
  requestConfig: './lib/i18n/request.ts',
  // Texts are parsed when the product is built, so that no page loads a parser of them.
  experimental: {
    messages: { path: './lib/i18n', format: 'json', locales: ['en', 'zh'], precompile: true },
  },
});

const staticHeaders = Object.entries(securityHeaders).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The first two pick their platform's code by require(), which a bundle would freeze; the third is loaded late.
  serverExternalPackages: ['systeminformation', 'libsql', 'nodemailer'],
  // Static files do not pass proxy.ts.
  headers: async () =>
    ['/_next/static/:path*', '/icon.svg'].map((source) => ({ source, headers: staticHeaders })),
  // There is nothing to optimise, and the optimiser would work for whoever asks.
  images: { unoptimized: true },
  // Recharts names scales at run time, which would put all of d3's into the bundle.
  turbopack: {
    resolveAlias: { 'victory-vendor/d3-scale': './components/charts/scales.ts' },
  },
  // The type check is a step of its own, at TypeScript 7; Next's would run it twice.
  typescript: { ignoreBuildErrors: true },
};

export default withNextIntl(config);
