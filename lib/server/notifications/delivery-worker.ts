import type { DeadLetter, LoggedAlert } from '@/lib/protocol/notifications';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { alertOf } from './alert-text';
import { nextWaitMs } from './backoff';
import type { AttemptContext } from './channel-kind';
import { ChannelPosition } from './channel-position';
import { type Channel, deliver } from './channel-registry';
import type { DeliveryState, OpenDelivery } from './delivery-state';
import { type AttemptedDelivery, Outbox, type OutboxOptions } from './outbox';

export interface DeliveryWorkerOptions extends OutboxOptions {
  readonly log: EventLog;
  readonly attemptContext: Omit<AttemptContext, 'signal'>;
  readonly random: () => number;
  /** Keeps the worker's state, on disk if possible; with a letter, both in one transaction. */
  readonly keep: (letter?: DeadLetter) => void;
}

const eventsPerRead = 256;

/** One channel's cursor over the log: takes alerts and delivers them in the log's order. */
export class DeliveryWorker {
  readonly #options: DeliveryWorkerOptions;
  readonly #position: ChannelPosition;
  readonly #outbox: Outbox;
  #lastDeliveredAt: number | null;
  #running: Promise<void> | null = null;
  #isWokenMeanwhile = false;
  #cancelTimer = (): void => {};
  readonly #stopping = new AbortController();
  #isStopped = false;
  #isHung = false;

  constructor(options: DeliveryWorkerOptions) {
    this.#options = options;
    this.#position = new ChannelPosition(options.log, options.state);
    this.#outbox = new Outbox(options);
    this.#lastDeliveredAt = options.state.lastDeliveredAt;
  }

  get channel(): Channel {
    return this.#outbox.channel;
  }

  /** What is to be kept for the next start. */
  get state(): DeliveryState {
    return { ...this.#outbox.state, ...this.#position.stored, lastDeliveredAt: this.#lastDeliveredAt };
  }

  /** Whether the last attempt did not end within twice its time limit. */
  get isHung(): boolean {
    return this.#isHung;
  }

  /** Whether it takes the next event of the log at once, and waits for no attempt. */
  get hasRoom(): boolean {
    return !this.#isStopped && this.#outbox.hasRoom;
  }

  get readSeq(): number {
    return this.#position.seq;
  }

  /** Call it when the log or the settings have changed. */
  wake(): void {
    if (this.#isStopped) return;
    if (this.#running) {
      this.#isWokenMeanwhile = true;
      return;
    }
    this.#running = this.#run()
      .catch(() => {
        // The log could not be read: the next event tries again.
      })
      .finally(() => {
        this.#running = null;
        if (!this.#isWokenMeanwhile) return;
        this.#isWokenMeanwhile = false;
        this.wake();
      });
  }

  /** Something was delivered to this channel on a user's request. */
  noteDelivered(): void {
    this.#lastDeliveredAt = this.#options.clock.wallMs();
    this.#options.keep();
  }

  /** Uses these settings from now on; a delivery that waits for its next attempt is tried at once. */
  changeChannel(channel: Channel): void {
    this.#outbox.changeChannel(channel);
    this.#options.keep();
    this.wake();
  }

  /** Lets an attempt under way end within `graceMs`, then aborts it. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    const cancelAbort = this.#options.clock.after(graceMs, () => this.#stopping.abort());
    if (graceMs <= 0) this.#stopping.abort();
    await this.#running;
    cancelAbort();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      if (this.#position.resume()) this.#options.keep();
      if (this.#outbox.hasRoom) await this.#gather();
      if (this.#outbox.takeUnmuted()) this.#options.keep();
      const { open, waitMs } = this.#outbox;
      if (!open || waitMs === null || this.#isStopped) return;
      if (waitMs > 0) {
        this.#cancelTimer();
        this.#cancelTimer = this.#options.clock.after(waitMs, () => this.wake());
        return;
      }
      await this.#attempt(open);
    }
  }

  /** Takes alerts from the log, as many as go into one message. */
  async #gather(): Promise<void> {
    const { log, keep } = this.#options;
    let hasTaken = false;
    while (this.#position.seq < log.headSeq && this.#outbox.hasRoom && !this.#isStopped) {
      const { headSeq } = log;
      const events = await log.readDurable(this.#position.seq, headSeq, eventsPerRead);
      let seq = events.length < eventsPerRead ? headSeq : (events.at(-1)?.seq ?? headSeq);
      for (const event of events) {
        if (event.type !== 'system-alert' || this.#position.hasRead(event)) continue;
        const alert = readAlert(event, log.id);
        if (alert) this.#outbox.take(alert);
        hasTaken = true;
        if (!this.#outbox.hasRoom) {
          seq = event.seq;
          break;
        }
      }
      this.#position.advanceTo(seq);
    }
    // Kept with every alert: whether one was silenced when it was taken is not asked again after a restart.
    if (hasTaken) keep();
  }

  async #attempt(open: OpenDelivery): Promise<void> {
    const { clock, keep, random, attemptContext } = this.#options;
    const attempted = this.#outbox.beginAttempt(open);
    // Before the request is sent: after a crash it is repeated under the same id.
    keep();
    const { signal } = this.#stopping;
    const { id, alerts } = attempted;
    const outcome = await deliver(this.channel, { id, alerts }, { ...attemptContext, signal });
    // An attempt that a stop aborts has not hung.
    this.#isHung = outcome.kind === 'retry' && outcome.isHung === true && !signal.aborted;
    if (outcome.kind === 'delivered') {
      this.#outbox.noteDelivered();
      this.noteDelivered();
      return;
    }
    // The receiver may have it or not: it is sent again after the next start, under the same id.
    if (signal.aborted) return;
    const retryAfterMs = outcome.kind === 'retry' ? (outcome.retryAfterMs ?? 0) : 0;
    const failed = { ...attempted, now: clock.wallMs(), retryAfterMs, random };
    const waitMs = outcome.kind === 'final' ? null : nextWaitMs(failed);
    if (this.#outbox.retryAfter(waitMs, attempted, outcome.detail)) keep();
    else keep(this.#deadLetterOf(attempted, outcome.detail));
  }

  #deadLetterOf({ id, alerts, attempts, firstAttemptAt }: AttemptedDelivery, reason: string): DeadLetter {
    const { id: channelId, name: channelName } = this.channel;
    const diedAt = this.#options.clock.wallMs();
    return { id, channelId, channelName, alerts, attempts, firstAttemptAt, diedAt, reason };
  }
}

function readAlert(event: LoggedEvent, logId: string): LoggedAlert | null {
  try {
    return alertOf(event, logId);
  } catch {
    return null;
  }
}
