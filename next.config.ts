import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const withNextIntl = createNextIntlPlugin('./lib/i18n/request.ts');

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Both pick their platform's code by require(), which a bundle would freeze.
  serverExternalPackages: ['systeminformation', 'libsql'],
  // The type check is a step of its own, at TypeScript 7; Next's would run it twice.
  typescript: { ignoreBuildErrors: true },
};

export default withNextIntl(config);
