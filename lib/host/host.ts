import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';
import type { HostFacts } from '@/lib/events/payloads';

/** The event types that a host is asked for at every tick. */
type SampledType = Extract<LoggedType, 'cpu' | 'memory'>;

/** A payload without what the sampler adds: when, and of which host. */
export type Sample<T extends SampledType> = Omit<LoggedPayloads[T], 't' | 'host'>;

export interface ReadingOf<T extends SampledType> {
  readonly type: T;
  /**
   * One sample, or `null` while there is nothing to tell: a first reading has no rate. A field that cannot
   * be had is `null`; rejects when the source cannot be read. Settles soon after `signal` aborts.
   */
  read(signal: AbortSignal): Promise<Sample<T> | null>;
}

type Reading = { [T in SampledType]: ReadingOf<T> }[SampledType];

/** A machine that can be watched. Linux and the other platforms stand behind it alike. */
export interface Host {
  readonly name: string;
  /** What changes rarely. Asked of the machine once, kept since; never rejects, takes at most 3 s. */
  facts(): Promise<HostFacts>;
  readonly readings: readonly Reading[];
}
