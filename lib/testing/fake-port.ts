import type { Frame } from '@/lib/client/transport/frame';
import type { HubPort } from '@/lib/client/transport/shared-feed';
import type { Delivery, FromHub, ToHub } from '@/lib/client/transport/shared-feed-messages';

/** A page as a hub sees it. Acknowledges what it takes unless it is frozen. */
export class FakePage implements HubPort {
  readonly frames: Frame[] = [];
  readonly deliveries: Delivery[] = [];
  readonly words: FromHub[] = [];
  say: (message: ToHub) => void = () => {};
  isFrozen = false;

  postMessage(message: FromHub): void {
    if (typeof message !== 'object') {
      this.words.push(message);
      return;
    }
    this.deliveries.push(message);
    this.frames.push(...message.frames);
    if (!this.isFrozen) queueMicrotask(() => this.say('ack'));
  }

  ids(type: string): string[] {
    return this.frames.filter(([each]) => each === type).map(([, , id]) => id);
  }

  types(): string[] {
    return this.frames.map(([type]) => type);
  }

  join(types: readonly string[]): void {
    const last = this.deliveries.at(-1);
    this.say({ join: { types, after: last ? { hub: last.hub, n: last.n } : null, away: false } });
  }
}
