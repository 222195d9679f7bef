import { test as base, type Page } from '@playwright/test';
import { type RunningServer, startServer } from './server';

/** The two ways in which a server may serve the feed. */
export type Sink = 'direct' | 'route';

interface WorkerFixtures {
  /** How every server of this worker serves the feed. */
  readonly sink: Sink;
  /** One server for all tests of a worker that do not need their own. */
  readonly server: RunningServer;
}

interface TestFixtures {
  /** Errors that the page logged or threw; a test that expects none gets them for free. */
  readonly pageErrors: string[];
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  sink: ['direct', { option: true, scope: 'worker' }],
  server: [
    async ({ sink }, use) => {
      process.env.HOSTBEAT_TEST_SINK = sink;
      const server = await startServer({ HOSTBEAT_INTERVAL_MS: '500' });
      await use(server);
      await server.stop();
    },
    { scope: 'worker', auto: true },
  ],
  pageErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      listenForErrors(page, errors);
      await use(errors);
      base.expect(errors, 'the page logged no error').toEqual([]);
    },
    { auto: true },
  ],
});

function listenForErrors(page: Page, errors: string[]): void {
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
}

/** The browser logs each connection that breaks or is refused, which is what tests of reconnecting are about. */
export const brokenConnection =
  /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/;

/** Takes away the errors that a test is about, and only those. */
export function forgive(errors: string[], expected: RegExp): void {
  errors.splice(0, errors.length, ...errors.filter((error) => !expected.test(error)));
}

export { expect } from '@playwright/test';
