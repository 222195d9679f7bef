import type {
  DurableEventPayloads,
  DurableEventType,
  LoggedPayloads,
  SampleType,
} from '@/lib/protocol/event-types';
import type { HostFacts } from '@/lib/protocol/payloads';

/** A payload without the fields that the sampler adds: `t` and `host`. */
export type Sample<T extends keyof LoggedPayloads> = Omit<LoggedPayloads[T], 't' | 'host'>;

export interface CollectorOf<T extends SampleType> {
  readonly type: T;
  /** Its own interval in ms; without one it is collected in every collection cycle. */
  readonly everyMs?: number;
  /** Collected only while a client subscribes to its events or a rule needs them. */
  readonly onDemand?: boolean;
  /**
   * One sample, or `null` while there is none: rates need two reads. A field that is not available is `null`; rejects
   * when the source cannot be read. Settles soon after `signal` aborts.
   */
  collect(signal: AbortSignal): Promise<Sample<T> | null>;
  /** Why the sample is incomplete and how to fix that, in English for the administrator; `null` when it is complete. */
  note?(): string | null;
}

export type Collector = { [T in SampleType]: CollectorOf<T> }[SampleType];

/** No such file, device or system call; `EOPNOTSUPP` is how a kernel answers for what was switched off at boot. */
const absentCodes = ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ENOSYS', 'ENODATA', 'EOPNOTSUPP', 'ENOTSUP'];

function isAbsent(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && absentCodes.includes(String(at.code))) return true;
  }
  return false;
}

/**
 * A collector whose source not every machine has. Until the first successful read a missing source gives `null` and is
 * tried again each time; later it is an error. Without a readable procfs (`hasMachine`), a missing source is an error at once.
 */
export function optionalCollector<C extends Collector>(collector: C, hasMachine: () => boolean): C {
  let wasPresent = false;

  async function collect(signal: AbortSignal) {
    try {
      const sample = await collector.collect(signal);
      wasPresent = true;
      return sample;
    } catch (error) {
      if (!wasPresent && isAbsent(error) && hasMachine()) return null;
      throw error;
    }
  }

  return { ...collector, collect };
}

/** An event of the host that is not a sample, such as a login. */
export type DurableEvent = {
  [T in DurableEventType]: {
    readonly type: T;
    readonly payload: Omit<DurableEventPayloads[T], 't' | 'host'>;
  };
}[DurableEventType];

/** Polled for the events since the last poll. */
export interface HostEventSource {
  readonly name: string;
  /** Polling interval in ms. */
  readonly everyMs: number;
  /** New events, oldest first. Rejects when the source cannot be read. Settles soon after `signal` aborts. */
  poll(signal: AbortSignal): Promise<readonly DurableEvent[]>;
}

/** A monitored machine, on whichever platform. */
export interface Host {
  readonly name: string;
  /** Facts from files and `node:os`, without starting a process; never rejects. */
  factsAtOnce(): Promise<HostFacts>;
  /** Facts that change rarely, determined once and cached; never rejects, takes at most 3 s. */
  facts(): Promise<HostFacts>;
  readonly collectors: readonly Collector[];
  readonly eventSources: readonly HostEventSource[];
  /** Stops child processes and closes files that the host holds. Safe to call twice. */
  close?(): void;
}
