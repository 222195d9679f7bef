import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { counterOf, perSecond, riseBetween } from '../../counter-rates';
import { maskArguments } from '../../secrets/mask';
import { shownName } from '../procfs/kernel-text';
import { readBrief, readHead } from '../procfs/pseudo-file';
import type { SlowQueue } from '../procfs/slow-queue';
import type { TrackedProcess } from './process-table';

/** Who a process belongs to and how it was called; both may change, if seldom. */
interface Identity {
  readonly startTicks: number;
  readonly name: string;
  readonly uid: number | null;
  command: string | null;
  readonly atMs: number;
}

/** Bytes that a process had read from and written to storage by a point in time. */
interface Transfer {
  readonly startTicks: number;
  readonly readBytes: number | null;
  readonly writtenBytes: number | null;
  readonly atMs: number;
}

export interface ProcessDetails {
  readonly uid: number | null;
  readonly command: string | null;
  readonly readBytesPerSecond: number | null;
  readonly writeBytesPerSecond: number | null;
}

export interface DetailsOptions {
  readonly procPath: string;
  readonly queue: SlowQueue;
  readonly clock: Clock;
}

const commandBytesMax = 4096;
const commandCharactersMax = 1024;
const refreshMs = 60_000;

/** Details that only the few shown processes need. Those that a cycle does not request are forgotten. */
export function openProcessDetails({ procPath, queue, clock }: DetailsOptions) {
  let identities = new Map<number, Identity>();
  let earlier = new Map<number, Transfer>();
  let transfers = new Map<number, Transfer>();

  function identify({ pid, stat: { startTicks, name, isKernelThread } }: TrackedProcess): Identity {
    const before = identities.get(pid);
    const isSame = before?.startTicks === startTicks && before.name === name;
    if (isSame && clock.monotonicMs() - before.atMs < refreshMs) return before;
    const uid = uidOf(readBrief(join(procPath, String(pid), 'status')) ?? '');
    const identity: Identity = {
      startTicks,
      name,
      uid,
      command: isSame ? before.command : null,
      atMs: clock.monotonicMs(),
    };
    // A command line is in the process's own memory, which a stuck process may hold: such reads wait for ever.
    if (!isKernelThread) {
      queue.add(async () => {
        const text = await readHead(join(procPath, String(pid), 'cmdline'), commandBytesMax);
        identity.command = commandOf(text ?? '');
      });
    }
    return identity;
  }

  function transferOf({ pid, stat: { startTicks } }: TrackedProcess): Transfer | null {
    const counted = parseIo(readBrief(join(procPath, String(pid), 'io')) ?? '');
    return counted && { ...counted, startTicks, atMs: clock.monotonicMs() };
  }

  return {
    /** Begins to read what is slow to come: it is known once the queue is through. */
    ask(processes: readonly TrackedProcess[]): void {
      identities = new Map(processes.map((process) => [process.pid, identify(process)]));
      earlier = transfers;
      transfers = new Map();
    },
    /** Of one that was asked for. */
    detailsOf(process: TrackedProcess): ProcessDetails {
      const { pid } = process;
      const { uid, command } = identities.get(pid) ?? { uid: null, command: null };
      const after = transferOf(process);
      if (after) transfers.set(pid, after);
      return { uid, command, ...ratesBetween(earlier.get(pid), after) };
    },
  };
}

function ratesBetween(before: Transfer | undefined, after: Transfer | null) {
  if (!before || !after || before.startTicks !== after.startTicks) return noRates;
  const rate = (name: 'readBytes' | 'writtenBytes') =>
    perSecond(riseBetween(before[name], after[name]), after.atMs - before.atMs);
  return { readBytesPerSecond: rate('readBytes'), writeBytesPerSecond: rate('writtenBytes') };
}

const noRates = { readBytesPerSecond: null, writeBytesPerSecond: null };

/** `/proc/<pid>/io` (man proc_pid_io(5)): what went to and came from storage, not from the cache. */
export function parseIo(text: string): Pick<Transfer, 'readBytes' | 'writtenBytes'> | null {
  const [, read] = /^read_bytes: (\d{1,20})\n/m.exec(text) ?? [];
  const [, written] = /^write_bytes: (\d{1,20})\n/m.exec(text) ?? [];
  const [readBytes, writtenBytes] = [counterOf(read), counterOf(written)];
  return readBytes === null && writtenBytes === null ? null : { readBytes, writtenBytes };
}

/** The effective user in `/proc/<pid>/status`: the second of real, effective, saved and file system. */
export function uidOf(text: string): number | null {
  const [, uid] = /^Uid:\t\d+\t(\d{1,10})\t/m.exec(text) ?? [];
  return uid === undefined ? null : Number(uid);
}

/**
 * A command line with its secrets masked (`lib/server/collectors/secrets/mask.ts`): it goes to pages, the log and notifications.
 * Arguments end in a NUL each; a process may overwrite them with a title, and NULs up to their old length.
 */
export function commandOf(text: string): string | null {
  const isCut = text.length >= commandBytesMax;
  const args = text.split('\0');
  while (args.at(-1)?.trim() === '') args.pop();
  const line = maskArguments(isCut ? args.map(withoutOpenUrl) : args)
    .join(' ')
    .trim();
  return line === '' ? null : shownName(line, commandCharactersMax);
}

/** A URL that was cut off before its `@` may end in a part of a secret. */
function withoutOpenUrl(argument: string, index: number, { length }: readonly string[]): string {
  const at = index === length - 1 ? argument.lastIndexOf('://') : -1;
  return at === -1 || argument.includes('@', at) ? argument : `${argument.slice(0, at + 3)}***`;
}
