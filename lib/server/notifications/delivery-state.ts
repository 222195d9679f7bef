import type { LoggedAlert } from '@/lib/protocol/notifications';
import type { NotifiedState } from './notifiable';

/** The next delivery. Alerts join it until its first attempt; after that it does not change. */
export interface OpenDelivery {
  /** `null` while alerts may still join. */
  readonly id: string | null;
  readonly alerts: readonly LoggedAlert[];
  /** Unix ms. */
  readonly sendAt: number;
  /** How long before `sendAt` that was decided: the longest wait, even if the clock steps back. */
  readonly waitMs: number;
  readonly attempts: number;
  readonly firstAttemptAt: number | null;
  readonly lastError: string | null;
}

/** What is stored of a channel's worker. */
export interface DeliveryState extends NotifiedState {
  readonly logId: string;
  /** Every event up to here was taken or muted, or is not for this channel. */
  readonly seq: number;
  readonly open: OpenDelivery | null;
  readonly lastDeliveredAt: number | null;
}

/** Of all channels together; the oldest are dropped. */
export const deadLettersMax = 500;
