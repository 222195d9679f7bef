import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Channel, publicChannel, readChannel, readReplacement } from './channel-registry';
import { newVapidKey } from './vapid';

const p256dh = newVapidKey().publicKey;
const auth = randomBytes(16).toString('base64url');

/** One of each kind, with every secret set. */
const examples: Readonly<Record<string, Record<string, unknown>>> = {
  webhook: { url: 'https://a.test/hook/S3CRET-path', secret: 'S3CRET-key', authorization: 'Bearer S3CRET-a' },
  ntfy: { server: 'https://ntfy.sh', topic: 'S3CRET-topic', token: 'S3CRET-token' },
  slack: { url: 'https://hooks.slack.test/services/S3CRET' },
  discord: { url: 'https://discord.test/api/webhooks/1/S3CRET' },
  telegram: { token: '1:S3CRET-token-x', chatId: '5' },
  email: { host: 'mail.test', user: 'me', password: 'S3CRET-pw', from: 'a@b.org', to: ['c@d.org'] },
  webpush: { endpoint: 'https://push.test/send/S3CRET', p256dh, auth },
};

function made(kind: string, fields: Record<string, unknown> = examples[kind] ?? {}): Channel {
  const read = readChannel({ kind, name: 'Mine', ...fields });
  if (!read.ok) throw new Error(JSON.stringify(read.problem.errors));
  return { id: 'c', ...read.value };
}

test.each(Object.keys(examples))('%s: a shown channel holds no secret', (kind) => {
  const shown = JSON.stringify(publicChannel(made(kind)));
  expect(shown).not.toContain('S3CRET');
  expect(shown).not.toContain(auth);
  expect(shown).not.toContain(p256dh);
});

test.each(Object.keys(examples))('%s: a shown channel can be sent back without losing a setting', (kind) => {
  const before = made(kind);
  const { id, ...shown } = publicChannel(before);
  expect(readReplacement(before, { ...shown, id, status: {}, name: 'Other' })).toEqual({
    ok: true,
    value: { ...before, id: undefined, name: 'Other' },
  });
});

test.each([
  ['webhook', { url: 'https://evil.test/hook' }, ['authorization']],
  ['ntfy', { server: 'https://evil.test' }, ['topic', 'token']],
  ['telegram', { apiUrl: 'https://evil.test' }, ['token']],
  ['email', { host: 'evil.test' }, ['password']],
  ['email', { security: 'none' }, ['password']],
] as const)('%s: with another destination its secrets are asked for again', (kind, change, asked) => {
  const before = made(kind);
  const shown = publicChannel(before);
  const read = readReplacement(before, { ...shown, ...change });
  expect(read.ok ? [] : (read.problem.errors ?? []).map(({ path }) => path)).toEqual(asked);
});

test('another path on the same server is the same destination, and a secret can be removed', () => {
  const before = made('webhook');
  const shown = publicChannel(before);
  expect(readReplacement(before, { ...shown, url: 'https://a.test/other', secret: null })).toMatchObject({
    ok: true,
    value: { url: 'https://a.test/other', secret: null, authorization: 'Bearer S3CRET-a' },
  });
});

test('the kind of a channel cannot be changed', () => {
  expect(readReplacement(made('slack'), { kind: 'discord', url: 'https://x.test' })).toMatchObject({
    ok: false,
    problem: { errors: [{ path: 'kind' }] },
  });
});

test.each([
  ['webhook', { url: 'http://169.254.169.254/' }, 'url'],
  ['webhook', { url: 'https://a.test', secret: 'line\nbreak' }, 'secret'],
  ['webhook', { url: `https://a.test/${'x'.repeat(2048)}` }, 'url'],
  ['webhook', { url: 'https://a.test', extra: 1 }, ''],
  ['webhook', { url: 'https://a.test', minSeverity: 'loud' }, 'minSeverity'],
  ['slack', { url: 'https://a.test', groupSeconds: 3_601 }, 'groupSeconds'],
  ['slack', { url: 'https://a.test', name: ' ' }, 'name'],
  ['slack', {}, 'url'],
  ['ntfy', { topic: 'with space' }, 'topic'],
  ['telegram', { token: 'nope', chatId: '1' }, 'token'],
  ['telegram', { token: '1:abcdefghijk', chatId: 'name' }, 'chatId'],
  ['email', { host: 'm.test', from: 'nobody', to: ['a@b.org'] }, 'from'],
  ['email', { host: 'm.test', from: 'a@b.org', to: [] }, 'to'],
  ['email', { host: 'm.test', from: 'a@b.org', to: ['a@b.org'], port: 0 }, 'port'],
  ['email', { host: 'm.test', from: 'a@b.org', to: ['a@b.org'], user: 'me' }, 'user'],
  ['webpush', { endpoint: 'http://push.test/', p256dh, auth }, 'endpoint'],
  ['webpush', { endpoint: 'https://push.test/', p256dh: auth, auth }, 'p256dh'],
  [
    'webpush',
    { endpoint: 'https://push.test/', p256dh: Buffer.alloc(65, 4).toString('base64url'), auth },
    'p256dh',
  ],
  ['carrier-pigeon', {}, 'kind'],
] as const)('%s with %j is refused, and the field is named', (kind, fields, path) => {
  const read = readChannel({ kind, name: 'Mine', ...fields });
  expect(read.ok ? [] : (read.problem.errors ?? []).map((error) => error.path)).toContain(path);
});

test('any body is read or refused, and never throws', () => {
  const kinds = fc.constantFrom(...Object.keys(examples), '__proto__', 'constructor');
  fc.assert(
    fc.property(kinds, fc.object(), fc.anything(), (kind, fields, whole) => {
      expect(readChannel({ ...examples[kind], kind, name: 'x', ...fields })).toHaveProperty('ok');
      expect(readChannel(whole)).toHaveProperty('ok');
      expect(readReplacement(made('webhook'), whole)).toHaveProperty('ok');
      expect(readReplacement(made('email'), fields)).toHaveProperty('ok');
    }),
  );
});
