import { defineConfig } from '@playwright/test';
import type { Sink } from './e2e/test';

const executablePath = process.env.HOSTBEAT_TEST_CHROMIUM;

/** Tests that mostly wait, for clients that give things time: many of them fit on one machine. */
const waits = /(live-(final|outage|return)|reconnect)\.spec\.ts$/;
/** Tests that need the machine, or measure what it does. */
const loads = /(faults|one-client|shutdown|slow-clients|torture)\.spec\.ts$/;

export default defineConfig<object, { sink: Sink }>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 4,
  forbidOnly: Boolean(process.env.CI),
  // Limits for hanging, and never for how fast a machine is: one core, shared with others, must pass.
  timeout: 600_000,
  expect: { timeout: 180_000 },
  // Which run side by side and which one after the other: scripts/e2e-groups.mjs. As `dependencies` they would not run
  // at all once another one has failed.
  projects: [
    // A browser on a busy machine may stumble once: the summary names a test that did.
    { name: 'direct', use: { sink: 'direct' }, testIgnore: [waits, loads], workers: 2, retries: 1 },
    // What is only a route handler must keep every promise that the faster way keeps.
    { name: 'route', use: { sink: 'route' }, testMatch: '**/feed*.spec.ts', workers: 1 },
    { name: 'waits', testMatch: waits, fullyParallel: true, workers: 4, retries: 1 },
    // What measures has the machine to itself, and both sinks side by side.
    { name: 'loads', testMatch: loads, fullyParallel: true, workers: 4 },
  ],
  use: {
    locale: 'en-GB',
    timezoneId: 'UTC',
    actionTimeout: 60_000,
    navigationTimeout: 120_000,
    // Smooth scrolling is drawn by the CPU where there is no GPU; the tests that are about it ask for it.
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'on-first-retry',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-gpu',
      ],
    },
  },
});
