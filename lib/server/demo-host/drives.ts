import type { IoRates } from './io-rates';
import { channelOf } from './noise';

export interface Drive {
  readonly name: 'nvme0n1' | 'sda' | 'sdb';
  readonly read: 'nvmeRead' | 'sdaRead' | 'sdbRead';
  readonly write: 'nvmeWrite' | 'sdaWrite' | 'sdbWrite';
  /** Bytes per second that it can do at most, and bytes of a usual transfer. */
  readonly readLimit: number;
  readonly writeLimit: number;
  readonly readSize: number;
  readonly writeSize: number;
  /** Of a transfer with nothing before it. */
  readonly readMs: number;
  readonly writeMs: number;
  /** Tasks that wait for it when it is all busy. */
  readonly waitingTasksMax: number;
  readonly channel: number;
}

const spinning = {
  readLimit: 178e6,
  writeLimit: 164e6,
  readSize: 240_000,
  writeSize: 330_000,
  readMs: 6.8,
  writeMs: 5.2,
  waitingTasksMax: 1.3,
};

export const drives: readonly Drive[] = [
  {
    name: 'nvme0n1',
    read: 'nvmeRead',
    write: 'nvmeWrite',
    readLimit: 2.9e9,
    writeLimit: 1.1e9,
    readSize: 58_000,
    writeSize: 36_000,
    readMs: 0.16,
    writeMs: 0.05,
    waitingTasksMax: 0.5,
    channel: channelOf('nvme0n1'),
  },
  { name: 'sda', read: 'sdaRead', write: 'sdaWrite', ...spinning, channel: channelOf('sda') },
  { name: 'sdb', read: 'sdbRead', write: 'sdbWrite', ...spinning, channel: channelOf('sdb') },
];

/** How much of the time a drive is busy, 0..1: straight at first, never quite 1. */
export function utilizationOf({ read, write, readLimit, writeLimit }: Drive, rates: IoRates): number {
  const asked = 1.25 * (rates[read] / readLimit + rates[write] / writeLimit);
  return asked <= 0.7 ? asked : 0.7 + 0.295 * (1 - Math.exp((0.7 - asked) / 0.295));
}
