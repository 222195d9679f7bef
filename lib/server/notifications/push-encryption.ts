import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

/** What a browser gives with its subscription, in bytes. */
export interface PushReceiver {
  /** The uncompressed P-256 point, 65 bytes. */
  readonly p256dh: Buffer;
  /** 16 bytes. */
  readonly auth: Buffer;
}

/** Chance, for the example of the RFC. */
export interface PushRandomness {
  readonly salt: Buffer;
  readonly senderPrivateKey: Buffer;
}

/** The record size that is stated; a push is one record, and services take 4096 bytes in all. */
const recordBytes = 4096;
const headerBytes = 86;
const tagBytes = 16;
const delimiter = 2;

/** So many bytes of text fit into one push. */
export const pushBytesMax = recordBytes - headerBytes - tagBytes - 1;

const derived = (key: Buffer, salt: Buffer, info: Buffer, length: number) =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length));

/**
 * A message that its receiver alone can read, as `aes128gcm` (RFC 8291, RFC 8188). Throws where `p256dh` is no
 * point of the curve, and `RangeError` where the text is too long.
 */
export function encryptPush(text: Buffer, { p256dh, auth }: PushReceiver, chance?: PushRandomness): Buffer {
  if (text.length > pushBytesMax) throw new RangeError(`a push takes ${pushBytesMax} bytes at most`);
  const salt = chance?.salt ?? randomBytes(16);
  const sender = createECDH('prime256v1');
  if (chance) sender.setPrivateKey(chance.senderPrivateKey);
  else sender.generateKeys();
  const senderPoint = sender.getPublicKey();

  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, senderPoint]);
  const secret = derived(sender.computeSecret(p256dh), auth, keyInfo, 32);
  const contentKey = derived(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derived(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);

  const cipher = createCipheriv('aes-128-gcm', contentKey, nonce);
  const sealed = Buffer.concat([
    cipher.update(text),
    cipher.update(Buffer.from([delimiter])),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const size = Buffer.alloc(5);
  size.writeUInt32BE(recordBytes);
  size.writeUInt8(senderPoint.length, 4);
  return Buffer.concat([salt, size, senderPoint, sealed]);
}
