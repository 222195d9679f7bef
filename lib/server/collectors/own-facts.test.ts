import { release, totalmem } from 'node:os';
import { expect, it } from 'vitest';
import { hostFactsSchema } from '@/lib/protocol/payloads';
import { type NamedParts, ownFacts, ownFactsAtOnce } from './own-facts';

it('names the system and the parts of this machine', async () => {
  const facts = await ownFacts({ name: 'mine' });
  expect(hostFactsSchema.parse(facts)).toEqual(facts);
  expect(facts).toMatchObject({ host: 'mine', kernel: release(), memoryBytes: totalmem() });
  expect(facts.bootTime).toBeLessThan(Date.now());
});

it('has at once what files and node:os know, and the system by its own name', async () => {
  const [early, late] = await Promise.all([ownFactsAtOnce('mine'), ownFacts({ name: 'mine' })]);
  expect(hostFactsSchema.parse(early)).toEqual(early);
  expect(early).toMatchObject({
    host: 'mine',
    kernel: release(),
    memoryBytes: totalmem(),
    cores: late.cores,
  });
  if (process.platform === 'linux') expect(early.os).toBe(late.os);
});

it.each<[string, () => Promise<NamedParts>]>([
  ['never answers', () => new Promise(() => {})],
  ['fails', () => Promise.reject(new Error('no such command'))],
  [
    'throws',
    () => {
      throw new Error('no such command');
    },
  ],
  ['knows nothing', async () => ({ os: null })],
])('falls back to node:os when the system %s', async (_, ask) => {
  const facts = await ownFacts({ name: 'mine', ask, deadlineMs: 5 });
  expect(hostFactsSchema.parse(facts)).toEqual(facts);
  expect(facts.os).toContain(release());
  expect(facts.kernel).toBe(release());
});
