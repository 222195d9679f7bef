import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** The key by which this server names itself to push services (RFC 8292). */
export interface VapidKey {
  /** PKCS #8, PEM; stored. */
  readonly pem: string;
  readonly privateKey: KeyObject;
  /** The uncompressed point, base64url; browsers subscribe with it. */
  readonly publicKey: string;
}

const lifetimeSeconds = 12 * 3600;

export function newVapidKey(): VapidKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return vapidKeyOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** `null` for an invalid key: browsers then have to subscribe again. */
export function readVapidKey(pem: string): VapidKey | null {
  try {
    return vapidKeyOf(pem);
  } catch {
    return null;
  }
}

/** The key that this server uses, made when it is first needed. */
export class OwnVapidKey {
  readonly #keep: (pem: string) => boolean;
  #key: VapidKey | null = null;

  /** `keep` stores a new key; whether it could. */
  constructor(keep: (pem: string) => boolean) {
    this.#keep = keep;
  }

  /** Takes up a stored key. */
  adopt(pem: string | null): void {
    this.#key ??= pem === null ? null : readVapidKey(pem);
  }

  get pem(): string | null {
    return this.#key?.pem ?? null;
  }

  /** `null` when there is none and a new one cannot be stored: after a restart, browsers' subscriptions to it would be void. */
  get stored(): VapidKey | null {
    if (this.#key) return this.#key;
    const key = newVapidKey();
    if (!this.#keep(key.pem)) return null;
    // Storing may have opened the database, and browsers are subscribed to the key that was in it.
    this.#key ??= key;
    return this.#key;
  }

  /** To sign with, stored or not. */
  get current(): VapidKey {
    this.#key ??= this.stored ?? newVapidKey();
    return this.#key;
  }
}

function vapidKeyOf(pem: string): VapidKey {
  const privateKey = createPrivateKey(pem);
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { pem, privateKey, publicKey: point.toString('base64url') };
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The `Authorization` of a push to a service. `contact` is a `mailto:` or `https:` address of its operator. */
export function vapidHeader(
  key: VapidKey,
  { endpoint, contact, now }: { readonly endpoint: string; readonly contact: string; readonly now: number },
): string {
  const claims = {
    aud: new URL(endpoint).origin,
    exp: Math.floor(now / 1000) + lifetimeSeconds,
    sub: contact,
  };
  const text = `${encoded({ typ: 'JWT', alg: 'ES256' })}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${text}.${signature.toString('base64url')}, k=${key.publicKey}`;
}
