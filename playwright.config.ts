import { defineConfig } from '@playwright/test';
import type { Sink } from './e2e/test';

const executablePath = process.env.HOSTBEAT_TEST_CHROMIUM;

export default defineConfig<object, { sink: Sink }>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  projects: [
    { name: 'direct', use: { sink: 'direct' } },
    // What is only a route handler must keep every promise that the faster way keeps.
    { name: 'route', use: { sink: 'route' }, testMatch: '**/feed*.spec.ts' },
  ],
  use: {
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
