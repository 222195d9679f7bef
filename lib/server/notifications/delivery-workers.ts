import type { DeadLetter } from '@/lib/protocol/notifications';
import type { Channel } from './channel-registry';
import { type DeliveryState, deadLettersMax } from './delivery-state';
import { DeliveryWorker, type DeliveryWorkerOptions } from './delivery-worker';
import type { NotificationTables, StoredChannel, StoredNotifications } from './notification-tables';
import type { Outcome } from './outcome';

export interface DeliveryWorkersOptions extends Omit<DeliveryWorkerOptions, 'channel' | 'state' | 'keep'> {
  /** Writes to disk if that is possible. */
  readonly write: (work: (tables: NotificationTables) => void) => void;
}

const storedChannel = ({ channel, state }: DeliveryWorker): StoredChannel => ({ channel, state });

/** A worker for each channel, and the dead letters of all. */
export class DeliveryWorkers {
  readonly #options: DeliveryWorkersOptions;
  readonly #byChannel = new Map<string, DeliveryWorker>();
  /** The newest last. */
  #dead: readonly DeadLetter[] = [];
  /** Workers that are added earlier are woken once everything is loaded. */
  #isStarted = false;

  constructor(options: DeliveryWorkersOptions) {
    this.#options = options;
  }

  get all(): readonly DeliveryWorker[] {
    return [...this.#byChannel.values()];
  }

  get dead(): readonly DeadLetter[] {
    return this.#dead;
  }

  get stored(): Pick<StoredNotifications, 'channels' | 'dead'> {
    return { channels: this.all.map(storedChannel), dead: this.#dead };
  }

  of(channelId: string): DeliveryWorker | null {
    return this.#byChannel.get(channelId) ?? null;
  }

  letter(id: string): DeadLetter | null {
    return this.#dead.find((letter) => letter.id === id) ?? null;
  }

  adopt({ channels, dead }: Pick<StoredNotifications, 'channels' | 'dead'>): void {
    this.#dead = [...dead, ...this.#dead];
    for (const { channel, state } of channels) this.add(channel, state);
  }

  start(): void {
    this.#isStarted = true;
    this.wake();
  }

  wake(): void {
    for (const worker of this.all) worker.wake();
  }

  add(channel: Channel, state: DeliveryState): DeliveryWorker {
    const worker = new DeliveryWorker({
      ...this.#options,
      channel,
      state,
      keep: (letter) => this.#keep(worker, letter),
    });
    this.#byChannel.set(channel.id, worker);
    if (this.#isStarted) worker.wake();
    return worker;
  }

  /** Ends a channel's worker and drops its dead letters. */
  remove(channelId: string): void {
    const worker = this.#byChannel.get(channelId);
    this.#byChannel.delete(channelId);
    this.#dead = this.#dead.filter((letter) => letter.channelId !== channelId);
    void worker?.stop(0);
  }

  /** Drops a dead letter. */
  discard(letterId: string): void {
    this.#dead = this.#dead.filter(({ id }) => id !== letterId);
  }

  /** Ends a retry of a dead letter: delivered, it is dropped; else it has the new reason. */
  settle(letter: DeadLetter, { kind, detail }: Outcome): void {
    // It may have been discarded in the meantime.
    if (!this.letter(letter.id)) return;
    const worker = this.of(letter.channelId);
    this.discard(letter.id);
    if (kind === 'delivered') {
      this.#options.write((tables) => tables.discard(letter.id));
      worker?.noteDelivered();
      return;
    }
    const diedAt = this.#options.clock.wallMs();
    const again = { ...letter, attempts: letter.attempts + 1, diedAt, reason: detail };
    this.#dead = [...this.#dead, again];
    if (worker) this.#options.write((tables) => tables.bury(storedChannel(worker), again));
  }

  /** Ends all workers, and writes their states. */
  async stop(graceMs: number): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.stop(graceMs)));
    for (const worker of this.all) this.#options.write((tables) => tables.put(storedChannel(worker)));
  }

  #keep(worker: DeliveryWorker, letter: DeadLetter | undefined): void {
    // Its channel may be removed.
    if (this.of(worker.channel.id) !== worker) return;
    if (letter) this.#dead = [...this.#dead, letter].slice(-deadLettersMax);
    const stored = storedChannel(worker);
    this.#options.write((tables) => (letter ? tables.bury(stored, letter) : tables.put(stored)));
  }
}
