import { createECDH, createHash } from 'node:crypto';
import { z } from 'zod';
import { channelSettings, httpUrl } from '@/lib/protocol/channel-settings';
import type { LoggedAlert } from '@/lib/protocol/notifications';
import { textOf, titleOf, worstFiring } from '../alert-text';
import { channelKind, groupedAlertsMax, sendable } from '../channel-kind';
import { post } from '../http-post';
import { readMailAddress, sendableMailAddress } from '../mail-address';
import { outcomeOfError, outcomeOfResponse } from '../outcome';
import { encryptPush, pushBytesMax } from '../push-encryption';
import { vapidHeader } from '../vapid';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const schema = z.strictObject({
  kind: z.literal('webpush'),
  ...channelSettings.webpush,
  /** Where the browser's push service takes messages for it. */
  endpoint: sendable(httpUrl).refine(
    (text) => !URL.canParse(text) || !/^http:/.test(text) || loopback.test(new URL(text).hostname),
    { error: 'takes an address that begins with https://' },
  ),
  /** The browser's public key, and what it shares with us: base64url, as `PushSubscription.toJSON()` gives them. */
  p256dh: bytesText(65).refine(isPoint, { error: 'is no key of the curve P-256' }),
  auth: bytesText(16),
  /** Sent to the push service as its contact for this server; Apple's requires one. */
  contact: sendableMailAddress.nullable().default(null),
});

/** A valid address without a recipient (RFC 2606). */
const noContact = 'nobody@example.org';
/** How long a service keeps a message for a browser that is away. */
const ttlSeconds = 86_400;

function bytesText(length: number) {
  return z
    .string()
    .regex(/^[-_A-Za-z0-9]+$/)
    .refine((text) => Buffer.from(text, 'base64url').length === length, {
      error: `takes ${length} bytes as base64url`,
    });
}

function isPoint(text: string): boolean {
  try {
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    ecdh.computeSecret(Buffer.from(text, 'base64url'));
    return true;
  } catch {
    return false;
  }
}

/** What `public/push-worker.js` shows, as JSON that fits into one push. */
function pushText(id: string, alerts: readonly LoggedAlert[]): Buffer {
  const [first] = alerts;
  for (let lengthMax = 1_200; ; lengthMax = Math.floor(lengthMax / 2)) {
    const text = Buffer.from(
      JSON.stringify({
        title: titleOf(alerts),
        body: textOf(alerts, Math.max(lengthMax, 1)),
        tag: alerts.length === 1 ? first?.alertId : id,
        alertId: alerts.length === 1 ? first?.alertId : null,
        isOver: worstFiring(alerts) === null,
      }),
    );
    if (text.length <= pushBytesMax || lengthMax === 0) return text;
  }
}

/** A push to one browser (RFC 8030), which shows it also when no page of ours is open. */
export const webpush = channelKind({
  schema,
  secrets: { endpoint: 'address', p256dh: 'local', auth: 'local' },
  destination: [],
  alertsMax: groupedAlertsMax,
  async send({ endpoint, p256dh, auth, contact }, { id, alerts }, { vapid, ...network }) {
    const receiver = { p256dh: Buffer.from(p256dh, 'base64url'), auth: Buffer.from(auth, 'base64url') };
    const body = encryptPush(pushText(id, alerts), receiver);
    const sub = `mailto:${encodeURI(readMailAddress(contact ?? noContact) ?? noContact)}`;
    const headers = {
      Authorization: vapidHeader(vapid(), { endpoint, contact: sub, now: network.clock.wallMs() }),
      'Content-Type': 'application/octet-stream',
      'Content-Encoding': 'aes128gcm',
      TTL: String(ttlSeconds),
      Urgency: worstFiring(alerts) === 'critical' ? 'high' : 'normal',
      // A repeat replaces a push that the service has not handed over yet.
      Topic: createHash('sha256').update(id).digest('base64url').slice(0, 32),
    };
    try {
      const answer = await post({ url: endpoint, headers, body }, network);
      const isGone = answer.status === 404 || answer.status === 410;
      return outcomeOfResponse(answer, isGone ? 'the browser does not take them any more' : null);
    } catch (error) {
      return outcomeOfError(error);
    }
  },
});
