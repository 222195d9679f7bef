import type { SystemAlert } from './payloads';

/** In the order in which pages offer them. */
export const channelKindNames = [
  'ntfy',
  'telegram',
  'slack',
  'discord',
  'email',
  'webhook',
  'webpush',
] as const;
export type ChannelKindName = (typeof channelKindNames)[number];

/** An alert with its position in the log. */
export interface LoggedAlert extends SystemAlert {
  /** `<log>-<seq>`: an alert that is sent twice has the same id twice. */
  readonly id: string;
}

export interface ChannelStatus {
  readonly lastDeliveredAt: number | null;
  /** Alerts in the next delivery; later ones are still in the log alone. */
  readonly waiting: number;
  /** Failed attempts at what waits. */
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  /** How many messages were given up on. */
  readonly dead: number;
  /** The last time that one was, if nothing was delivered since. */
  readonly gaveUp: { readonly at: number; readonly reason: string } | null;
}

/** A channel without its secrets. */
export interface PublicChannel {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly minSeverity: SystemAlert['severity'];
  readonly [setting: string]: unknown;
}

/** A channel without its secrets, and the status of its deliveries. */
export interface ShownChannel extends PublicChannel {
  readonly status: ChannelStatus;
}

/** A message that was given up on. Times are Unix ms. */
export interface DeadLetter {
  readonly id: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly alerts: readonly LoggedAlert[];
  readonly attempts: number;
  readonly firstAttemptAt: number;
  readonly diedAt: number;
  readonly reason: string;
}

/** The outcome of an attempt on a user's request. */
export interface AttemptResult {
  readonly delivered: boolean;
  /** What happened, in a sentence. */
  readonly detail: string;
  readonly durationMs: number;
}
