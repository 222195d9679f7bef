import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { encryptPush, pushBytesMax } from './push-encryption';
import { newVapidKey, readVapidKey, vapidHeader } from './vapid';

const bytes = (text: string) => Buffer.from(text, 'base64url');

test('the example of RFC 8291, appendix A, is reproduced byte by byte', () => {
  const sealed = encryptPush(
    Buffer.from('When I grow up, I want to be a watermelon'),
    {
      p256dh: bytes(
        'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      ),
      auth: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
    },
    {
      salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'),
      senderPrivateKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
    },
  );
  expect(sealed.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('the longest text fits the limit of push services, and a longer one is refused', () => {
  const receiver = { p256dh: createECDH('prime256v1').generateKeys(), auth: randomBytes(16) };
  expect(encryptPush(Buffer.alloc(pushBytesMax), receiver)).toHaveLength(4096);
  expect(() => encryptPush(Buffer.alloc(pushBytesMax + 1), receiver)).toThrow(RangeError);
});

test('no two pushes are alike, and only the receiver can decrypt them', () => {
  const receiver = createECDH('prime256v1');
  const p256dh = receiver.generateKeys();
  const auth = randomBytes(16);
  const [one, other] = [0, 1].map(() => encryptPush(Buffer.from('swap is full'), { p256dh, auth }));
  expect(one?.equals(other ?? Buffer.alloc(0))).toBe(false);
  expect(opened(one ?? Buffer.alloc(0), receiver, auth)).toBe('swap is full');
});

test('a push service can verify the sender, the audience and the expiry', () => {
  const key = newVapidKey();
  const now = Date.UTC(2026, 10, 23);
  const header = vapidHeader(key, {
    endpoint: 'https://push.example.org:8443/send/abc',
    contact: 'mailto:me@example.org',
    now,
  });
  const [, head = '', claims = '', signature = '', point = ''] =
    /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(\S+)$/.exec(header) ?? [];
  expect(JSON.parse(bytes(head).toString())).toEqual({ typ: 'JWT', alg: 'ES256' });
  const { aud, exp, sub } = JSON.parse(bytes(claims).toString());
  expect([aud, sub]).toEqual(['https://push.example.org:8443', 'mailto:me@example.org']);
  expect(exp * 1000 - now).toBeGreaterThan(0);
  expect(exp * 1000 - now).toBeLessThanOrEqual(24 * 3_600_000);
  expect(point).toBe(key.publicKey);
  const raw = bytes(point);
  expect([raw.length, raw[0]]).toEqual([65, 4]);
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: raw.subarray(1, 33).toString('base64url'),
      y: raw.subarray(33).toString('base64url'),
    },
  });
  const isFrom = (text: string) =>
    verify('sha256', Buffer.from(text), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes(signature));
  expect(isFrom(`${head}.${claims}`)).toBe(true);
  expect(isFrom(`${head}.${claims}A`)).toBe(false);
});

test('a stored key stays the same, and an invalid one is ignored', () => {
  const key = newVapidKey();
  expect(readVapidKey(key.pem)?.publicKey).toBe(key.publicKey);
  expect(readVapidKey('nonsense')).toBeNull();
});

/** What a browser does with a push: RFC 8188 and 8291 from the other side. */
function opened(message: Buffer, receiver: ReturnType<typeof createECDH>, auth: Buffer): string {
  const salt = message.subarray(0, 16);
  const sender = message.subarray(21, 86);
  const derived = (key: Buffer, from: Buffer, info: Buffer, length: number) =>
    Buffer.from(hkdfSync('sha256', key, from, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), receiver.getPublicKey(), sender]);
  const secret = derived(receiver.computeSecret(sender), auth, info, 32);
  const key = derived(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derived(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(message.subarray(-16));
  const text = Buffer.concat([decipher.update(message.subarray(86, -16)), decipher.final()]);
  return text.subarray(0, text.lastIndexOf(2)).toString();
}
