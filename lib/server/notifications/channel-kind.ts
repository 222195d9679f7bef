import { z } from 'zod';
import type { LoggedAlert } from '@/lib/protocol/notifications';
import { severities } from '@/lib/protocol/payloads';
import type { Network } from './http-post';
import type { Outcome } from './outcome';
import { isRefusedAddress } from './refused-address';
import type { VapidKey } from './vapid';

/** What is delivered in one go. */
export interface Delivery {
  /** The same for every attempt at the same alerts, so that a receiver can tell a repeat. */
  readonly id: string;
  readonly alerts: readonly LoggedAlert[];
}

/**
 * How a secret field is treated. `address`: a URL whose path is as good as a password; its origin may be shown.
 * `carried`: sent to the destination. `local`: never leaves, such as a key for signatures.
 */
export type SecretUse = 'address' | 'carried' | 'local';

/** What an attempt is made with. */
export interface AttemptContext extends Network {
  /** This server's name for push services. */
  readonly vapid: () => VapidKey;
}

/** One way to reach somebody. `Settings` holds what is common to all channels, too. */
export interface ChannelKind<Settings extends CommonSettings = CommonSettings> {
  readonly schema: z.ZodType<Settings>;
  readonly secrets: Readonly<Record<string, SecretUse>>;
  /** The fields that say where carried secrets go, beyond those that are secret addresses. */
  readonly destination: readonly string[];
  /** So many alerts go into one message at most. */
  readonly alertsMax: number;
  /** Never rejects for what a network or a receiver does: that is an outcome. */
  send(settings: Settings, delivery: Delivery, context: AttemptContext): Promise<Outcome>;
}

/** Ties a kind's settings to its schema. */
export function channelKind<Settings extends CommonSettings>(
  kind: ChannelKind<Settings>,
): ChannelKind<Settings> {
  return kind;
}

export const common = {
  name: z.string().trim().min(1).max(128),
  /** Alerts below it are not delivered. */
  minSeverity: z.enum(severities).default('warning'),
};

/** For channels that people read: what comes within this time of the first alert goes into the same message. */
export const grouped = { ...common, groupSeconds: z.number().int().min(0).max(3600).default(5) };
export const groupedAlertsMax = 20;

export interface CommonSettings {
  readonly kind: string;
  readonly name: string;
  readonly minSeverity: (typeof severities)[number];
  readonly groupSeconds?: number | undefined;
}

/** An address to post to. What a name leads to is checked when it is connected to. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'takes an address that begins with http:// or https://' })
  .max(2048)
  .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '', {
    error: 'takes no user name or password',
  })
  .refine((text) => !URL.canParse(text) || !isRefusedAddress(new URL(text).hostname), {
    error: 'leads to an address to which nothing is sent (link-local, metadata or unspecified)',
  });

/** A secret as it can be sent in a header or a path. */
export const secretText = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[\x20-\x7e]+$/, { error: 'takes printable ASCII characters' });
export const optionalSecret = secretText.nullable().default(null);
