import type { Frame } from '@/lib/client/transport/frame';
import type { ClientPort } from '@/lib/client/transport/shared-feed';
import type { ClientMessage, Delivery, FeedMessage } from '@/lib/client/transport/shared-feed-messages';

/** A page as the shared feed sees it. Acknowledges deliveries unless it is frozen. */
export class FakePage implements ClientPort {
  readonly frames: Frame[] = [];
  readonly deliveries: Delivery[] = [];
  readonly messages: FeedMessage[] = [];
  send: (message: ClientMessage) => void = () => {};
  isFrozen = false;

  postMessage(message: FeedMessage): void {
    if (typeof message !== 'object') {
      this.messages.push(message);
      return;
    }
    this.deliveries.push(message);
    this.frames.push(...message.frames);
    if (!this.isFrozen) queueMicrotask(() => this.send('ack'));
  }

  ids(type: string): string[] {
    return this.frames.filter(([each]) => each === type).map(([, , id]) => id);
  }

  types(): string[] {
    return this.frames.map(([type]) => type);
  }

  join(types: readonly string[]): void {
    const last = this.deliveries.at(-1);
    this.send({ join: { types, after: last ? { feed: last.feed, n: last.n } : null, away: false } });
  }
}
