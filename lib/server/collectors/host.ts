import type {
  LoggedPayloads,
  OccurrencePayloads,
  OccurrenceType,
  SampleType,
} from '@/lib/protocol/event-types';
import type { HostFacts } from '@/lib/protocol/payloads';

/** A payload without what the sampler adds: when, and of which host. */
export type Sample<T extends keyof LoggedPayloads> = Omit<LoggedPayloads[T], 't' | 'host'>;

export interface ReadingOf<T extends SampleType> {
  readonly type: T;
  /** How often it is read, in ms; at every tick when left out. */
  readonly everyMs?: number;
  /** Read only while somebody wants its events. */
  readonly onDemand?: boolean;
  /**
   * One sample, or `null` while there is nothing to tell: a first reading has no rate. A field that cannot
   * be had is `null`; rejects when the source cannot be read. Settles soon after `signal` aborts.
   */
  read(signal: AbortSignal): Promise<Sample<T> | null>;
  /** Why it tells less than there is, and what to do about it, in English for the administrator; `null` when it does not. */
  note?(): string | null;
}

export type Reading = { [T in SampleType]: ReadingOf<T> }[SampleType];

/** No such file, device or system call; `EOPNOTSUPP` is how a kernel answers for what was switched off at boot. */
const absentCodes = ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ENOSYS', 'ENODATA', 'EOPNOTSUPP', 'ENOTSUP'];

function isAbsent(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && absentCodes.includes(String(at.code))) return true;
  }
  return false;
}

/**
 * A reading whose source a machine may lack: until it has been read once, a source that is not there is nothing to tell,
 * and is looked for each time. One that was there and is gone is a fault, as is one that cannot be read. Without a
 * machine at all (`hasMachine`), whatever is missing is a fault.
 */
export function offered<R extends Reading>(reading: R, hasMachine: () => boolean): R {
  let wasThere = false;

  async function read(signal: AbortSignal) {
    try {
      const sample = await reading.read(signal);
      wasThere = true;
      return sample;
    } catch (error) {
      if (!wasThere && isAbsent(error) && hasMachine()) return null;
      throw error;
    }
  }

  return { ...reading, read };
}

/** Something that happened on the host, such as a login. */
export type Occurrence = {
  [T in OccurrenceType]: { readonly type: T; readonly payload: Omit<OccurrencePayloads[T], 't' | 'host'> };
}[OccurrenceType];

/** Looks for what happened since it looked last. */
export interface Watch {
  readonly name: string;
  /** How often it looks, in ms. */
  readonly everyMs: number;
  /** What happened, oldest first. Rejects when the source cannot be read. Settles soon after `signal` aborts. */
  look(signal: AbortSignal): Promise<readonly Occurrence[]>;
}

/** A machine that can be watched. Linux and the other platforms stand behind it alike. */
export interface Host {
  readonly name: string;
  /** What files and `node:os` tell of it at once; never rejects. */
  factsAtOnce(): Promise<HostFacts>;
  /** What changes rarely. Asked of the machine once, kept since; never rejects, takes at most 3 s. */
  facts(): Promise<HostFacts>;
  readonly readings: readonly Reading[];
  readonly watches: readonly Watch[];
  /** Ends what the host keeps running of its own, such as a tool that prints figures. Safe to call twice. */
  close?(): void;
}
