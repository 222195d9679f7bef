import type { BrowserContext } from '@playwright/test';

/** A server that cannot tell gaps yet answers 404, which a browser logs as an error; it knows of none. */
export async function allowNoGaps(context: BrowserContext): Promise<void> {
  await context.route('**/api/history/gaps?**', async (route) => {
    const response = await route.fetch().catch(() => null);
    // The page is gone.
    if (!response) return;
    await route.fulfill(response.status() === 404 ? { json: { items: [] } } : { response });
  });
}
