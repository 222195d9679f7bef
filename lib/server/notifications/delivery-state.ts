import type { LoggedAlert } from '@/lib/protocol/notifications';
import type { NotifiedState } from './notifiable';

/** What goes out next. Alerts join it until it is first tried; from then on it stays as it is, whatever happens. */
export interface OpenDelivery {
  /** `null` while alerts may still join. */
  readonly id: string | null;
  readonly alerts: readonly LoggedAlert[];
  /** Unix ms. */
  readonly sendAt: number;
  /** How long before `sendAt` that was decided: no clock that steps makes the wait longer. */
  readonly waitMs: number;
  readonly attempts: number;
  readonly firstAttemptAt: number | null;
  readonly lastError: string | null;
}

/** All that a channel's cursor must not forget. */
export interface DeliveryState extends NotifiedState {
  readonly logId: string;
  /** Every event up to here was taken or muted, or is not for this channel. */
  readonly seq: number;
  readonly open: OpenDelivery | null;
  readonly lastDeliveredAt: number | null;
}

/** Of all channels together; the oldest go. */
export const deadLettersMax = 500;
