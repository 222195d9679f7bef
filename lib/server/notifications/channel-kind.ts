import type { z } from 'zod';
import type { channelSettings } from '@/lib/protocol/channel-settings';
import type { LoggedAlert } from '@/lib/protocol/notifications';
import type { Network } from './http-post';
import type { Outcome } from './outcome';
import { isRefusedAddress } from './refused-address';
import type { VapidKey } from './vapid';

/** What is delivered in one go. */
export interface Delivery {
  /** The same for every attempt at the same alerts, so that a receiver can recognise a repeat. */
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

/** A kind of channel; `Settings` includes those common to all kinds. */
export interface ChannelKind<Settings extends CommonSettings = CommonSettings> {
  readonly schema: z.ZodType<Settings>;
  readonly secrets: Readonly<Record<string, SecretUse>>;
  /** The fields that determine where carried secrets are sent, beside secret addresses. */
  readonly destination: readonly string[];
  /** The most alerts in one message. */
  readonly alertsMax: number;
  /** Never rejects for a fault of the network or the receiver: that is an outcome. */
  send(settings: Settings, delivery: Delivery, context: AttemptContext): Promise<Outcome>;
}

/** Ties a kind's settings to its schema. */
export function channelKind<Settings extends CommonSettings>(
  kind: ChannelKind<Settings>,
): ChannelKind<Settings> {
  return kind;
}

export const groupedAlertsMax = 20;

export type CommonSettings = { readonly kind: string; readonly groupSeconds?: number | undefined } & z.infer<
  z.ZodObject<Pick<(typeof channelSettings)['webhook'], 'name' | 'minSeverity'>>
>;

/** An address to which notifications may be sent. What its name leads to is checked when it is connected to. */
export const sendable = <T extends z.ZodType<string>>(url: T): T =>
  url.refine((text) => !URL.canParse(text) || !isRefusedAddress(new URL(text).hostname), {
    error: 'leads to an address to which nothing is sent (link-local, metadata or unspecified)',
  });
