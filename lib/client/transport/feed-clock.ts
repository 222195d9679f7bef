import { carriesTime } from '@/lib/protocol/event-types';
import type { Heartbeat, Hello } from '@/lib/protocol/payloads';
import type { Frame } from './frame';
import { createHostClock } from './host-clock';

/** The feed's newest greeting, and the host's clock by which it is brought up to date for later pages. */
export class FeedClock {
  readonly #clock = createHostClock(0);
  #hello: Hello | null = null;
  readonly #sampledAt = new Map<string, number>();

  get isGreeted(): boolean {
    return this.#hello !== null;
  }

  receive([type, data]: Frame): void {
    if (type === 'hello') {
      this.#hello = JSON.parse(data) as Hello;
      this.#sampledAt.clear();
      this.#clock.restart();
      this.#clock.add(this.#hello.serverTime);
    } else if (type === 'heartbeat') {
      this.#clock.add((JSON.parse(data) as Heartbeat).serverTime);
    } else if (this.#hello && carriesTime(type)) {
      const { t } = JSON.parse(data) as { t: number };
      const steppedBack = t < (this.#sampledAt.get(type) ?? 0);
      this.#sampledAt.set(type, t);
      if (steppedBack) this.#clock.restart();
      // Samples older than the greeting are replayed.
      if (steppedBack || t > this.#hello.serverTime) this.#clock.add(t);
    }
  }

  /** A greeting as of now; `null` before the feed's first. */
  hello(): Frame | null {
    if (!this.#hello) return null;
    const serverTime = Math.round(this.#clock.now());
    return ['hello', JSON.stringify({ ...this.#hello, serverTime }), '', 0];
  }

  /** How long ago a sample was taken, in ms; 0 for events of other clocks and before the first greeting. */
  ageMsOf([type, data]: Frame): number {
    if (!this.#hello || !carriesTime(type)) return 0;
    const { t } = JSON.parse(data) as { t: number };
    return Math.max(0, this.#clock.now() - t);
  }

  reset(): void {
    this.#hello = null;
  }
}
