import type { LoggedAlert } from '@/lib/protocol/notifications';
import type { Clock } from '@/lib/server/concurrency/clock';
import { isAtLeast } from './alert-text';
import { alertsMaxOf, type Channel } from './channel-registry';
import type { DeliveryState, OpenDelivery } from './delivery-state';
import { afterChange, type Mute, type NotifiedState } from './notifiable';

export interface OutboxOptions {
  readonly clock: Clock;
  /** Asked when an alert is taken, and repeatedly for muted ones. */
  readonly muteOf: (alert: LoggedAlert) => Mute;
  readonly channel: Channel;
  readonly state: DeliveryState;
}

export type AttemptedDelivery = OpenDelivery & { readonly id: string; readonly firstAttemptAt: number };

/** How often it is checked whether muted alerts still are. */
const checkMutedEveryMs = 15_000;

/**
 * The alerts of one channel: those that it was notified of, those that are muted, and the delivery that goes out next.
 * Alerts join that until its first attempt; after that it does not change.
 */
export class Outbox {
  readonly #clock: Clock;
  readonly #muteOf: OutboxOptions['muteOf'];
  #channel: Channel;
  #notified: NotifiedState;
  #open: OpenDelivery | null;
  #mutedCheckedAtMs = Number.NEGATIVE_INFINITY;
  /** Settings changed since the last attempt began: the next one does not wait. */
  #isChanged = false;

  constructor({ clock, muteOf, channel, state }: OutboxOptions) {
    this.#clock = clock;
    this.#muteOf = muteOf;
    this.#channel = channel;
    this.#notified = { notified: state.notified, muted: state.muted };
    this.#open = state.open;
  }

  get channel(): Channel {
    return this.#channel;
  }

  get state(): Pick<DeliveryState, 'notified' | 'muted' | 'open'> {
    return { ...this.#notified, open: this.#open };
  }

  get open(): OpenDelivery | null {
    return this.#open;
  }

  /** Whether another alert may join the next delivery. */
  get hasRoom(): boolean {
    return this.#open === null || (this.#open.id === null && !this.#isFull(this.#open));
  }

  /** How long the next delivery still has to wait; negative or 0 when it is due, `null` when there is none. */
  get waitMs(): number | null {
    const open = this.#open;
    if (!open) return null;
    if (open.id === null && this.#isFull(open)) return 0;
    return Math.min(open.sendAt - this.#clock.wallMs(), open.waitMs);
  }

  /** Adds an alert of the log, unless the channel is not to be notified of it. */
  take(alert: LoggedAlert): void {
    if (alert.kind === 'shutdown' || !isAtLeast(alert.severity, this.#channel.minSeverity)) return;
    const { isNotifiable, after } = afterChange(this.#notified, alert, this.#muteOf(alert));
    this.#notified = after;
    if (isNotifiable) this.#join(alert);
  }

  /** Adds muted alerts that are still firing once their silence has ended; whether anything changed. */
  takeUnmuted(): boolean {
    const now = this.#clock.monotonicMs();
    if (this.#notified.muted.length === 0 || !this.hasRoom) return false;
    if (now - this.#mutedCheckedAtMs < checkMutedEveryMs) return false;
    this.#mutedCheckedAtMs = now;
    let hasChanged = false;
    for (const alert of this.#notified.muted) {
      if (this.#muteOf(alert) !== null) continue;
      if (!this.hasRoom) {
        this.#mutedCheckedAtMs = Number.NEGATIVE_INFINITY;
        break;
      }
      const wasNotified = this.#notified.notified.includes(alert.alertId);
      this.#notified = afterChange(this.#notified, alert, null).after;
      if (!wasNotified) this.#join(alert);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** Closes the next delivery to further alerts, and counts an attempt. */
  beginAttempt(open: OpenDelivery): AttemptedDelivery {
    const now = this.#clock.wallMs();
    const attempted = {
      ...open,
      id: open.id ?? deliveryId(open.alerts, this.#channel.id),
      attempts: open.attempts + 1,
      firstAttemptAt: open.firstAttemptAt ?? now,
      sendAt: now,
      waitMs: 0,
    };
    this.#open = attempted;
    this.#isChanged = false;
    return attempted;
  }

  /** The attempt failed; the next follows after `waitMs`, or at once if the settings were changed. Whether there is a next one. */
  retryAfter(waitMs: number | null, attempted: AttemptedDelivery, reason: string): boolean {
    const wait = this.#isChanged ? 0 : waitMs;
    this.#open =
      wait === null
        ? null
        : { ...attempted, sendAt: this.#clock.wallMs() + wait, waitMs: wait, lastError: reason };
    return wait !== null;
  }

  noteDelivered(): void {
    this.#open = null;
  }

  /** Uses these settings from now on; a delivery that waits for its next attempt waits no longer. */
  changeChannel(channel: Channel): void {
    this.#channel = channel;
    if (!this.#open?.id) return;
    this.#isChanged = true;
    this.#open = { ...this.#open, sendAt: this.#clock.wallMs(), waitMs: 0 };
  }

  #isFull({ alerts }: OpenDelivery): boolean {
    return alerts.length >= alertsMaxOf(this.#channel);
  }

  #join(alert: LoggedAlert): void {
    const waitMs = (this.#channel.groupSeconds ?? 0) * 1000;
    const open = this.#open ?? {
      id: null,
      alerts: [],
      sendAt: this.#clock.wallMs() + waitMs,
      waitMs,
      attempts: 0,
      firstAttemptAt: null,
      lastError: null,
    };
    this.#open = { ...open, alerts: [...open.alerts, alert] };
  }
}

/** Names the log, the first alert, the last one and the channel: other alerts have another id. */
function deliveryId(alerts: readonly LoggedAlert[], channelId: string): string {
  const last = alerts.at(-1)?.id ?? '';
  return `${alerts[0]?.id}-${last.slice(last.lastIndexOf('-') + 1)}-${channelId}`;
}
