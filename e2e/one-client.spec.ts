import { expect, test } from '@playwright/test';
import { attacks, openClient } from './attacks';
import { openBystander } from './bystander';
import { startServer } from './server';

/**
 * What another client may have to wait, and how late a sample may be: ms. The rule is 250, and `npm run bench -- one-client`
 * holds it on a machine that does nothing else. Here several servers may share a core: the limit tells a server that is
 * held up for as long as a client likes from one that is not.
 */
const othersWaitMs = Number(process.env.HOSTBEAT_TEST_OTHERS_WAIT_MS ?? 1_500);
/** So many times what the machine makes an idle process wait comes on top. */
const machineFactor = 4;
const residentBytesMax = 512 * 1024 * 1024;

for (const { name, prepare, run } of attacks) {
  test(`one client does not hold up another: ${name}`, async () => {
    test.setTimeout(300_000);
    const server = await startServer({ HOSTBEAT_MAX_PUBLISH_PER_SECOND: '100000' });
    const client = openClient(server);
    try {
      await prepare?.(client);
      const bystander = await openBystander(server);
      await expect.poll(async () => (await bystander.end()).samples, { timeout: 300_000 }).toBeGreaterThan(1);
      bystander.begin();
      await run(client);
      // What was begun is under way for a while after the last answer.
      await expect.poll(async () => (await bystander.end()).samples, { timeout: 120_000 }).toBeGreaterThan(2);
      const seen = await bystander.end();
      bystander.close();
      console.log(`${name}: ${JSON.stringify(seen)}`);
      expect(seen.refused).toEqual([]);
      expect(seen.answers).toBeGreaterThan(10);
      const limitMs = othersWaitMs + machineFactor * seen.machineMs;
      expect(seen.healthMs).toBeLessThanOrEqual(limitMs);
      expect(seen.sampleLateMs).toBeLessThanOrEqual(limitMs);
      const health = await fetch(`${server.url}/api/health`);
      const { process } = (await health.json()) as { process: { residentBytes: number } };
      expect(process.residentBytes).toBeLessThan(residentBytesMax);
    } finally {
      await server.stop('SIGKILL');
    }
  });
}
