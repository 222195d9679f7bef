import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { loggedSchemas } from '@/lib/server/ingest/event-schemas';
import { clockWith } from '@/lib/testing/fake-clock';
import { fixturePath, type Machine } from '@/lib/testing/linux/fixture';
import { layOutMachine } from '@/lib/testing/linux/fixture-machine';
import type { Host } from '../host';
import { openLinuxHost } from './linux-host';

const { signal } = new AbortController();
/** With the seconds between a machine's two moments, and the kind of container that it is. */
const machines: readonly (readonly [Machine, number, string | null])[] = [
  ['laptop', 5, null],
  ['rack-server', 1, null],
  ['raspberry-pi', 1, null],
  ['lvm-host', 1, null],
  ['old-vm', 1, null],
  ['container', 1, 'docker'],
];

/** What each type tells in a moment: an event without `t` and `host`, nothing, or that it cannot be read. */
type Told = Readonly<Record<string, object | null | 'unreadable'>>;

async function tell(host: Host): Promise<Told> {
  const told: Record<string, object | null | 'unreadable'> = {};
  for (const reading of host.collectors) {
    const sample = await reading.collect(signal).catch(() => 'unreadable' as const);
    told[reading.type] = sample;
    if (sample === null || sample === 'unreadable') continue;
    const event = { t: 0, host: host.name, ...sample };
    expect(loggedSchemas[reading.type].parse(event)).toEqual(event);
    if ('mounts' in sample) told[reading.type] = { mounts: sample.mounts.map(withoutSpace) };
  }
  return told;
}

/** The space is that of the disk on which the test lays the machine out. */
function withoutSpace<Mount extends object>(mount: Mount) {
  return { ...mount, sizeBytes: null, usedBytes: null, availableBytes: null, inodesUsedPercent: null };
}

/** All that a machine tells in its two moments. */
async function observe(name: Machine, seconds: number, container: string | null) {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  const { passSecond, ...roots } = layOutMachine(name, folder);
  let nowMs = 5_000;
  const ownContainer = async () => container;
  const host = openLinuxHost({
    name,
    ...roots,
    ownContainer,
    clock: clockWith({ monotonicMs: () => nowMs }),
  });
  try {
    const { container: _, ...facts } = await host.facts();
    const first = await tell(host);
    passSecond();
    nowMs += seconds * 1_000;
    const second = await tell(host);
    const happened = await Promise.all(host.eventSources.map((watch) => watch.poll(signal)));
    return { facts, first, second, happened: happened.flat() };
  } finally {
    host.close?.();
    rmSync(folder, { recursive: true });
  }
}

it.each(machines)(
  '%s has the samples that are stored beside it, and no more',
  async (name, seconds, container) => {
    const path = fixturePath(name, 'events.json');
    if (process.env.HOSTBEAT_TEST_WRITE) {
      writeFileSync(path, `${JSON.stringify(await observe(name, seconds, container), null, 1)}\n`);
    }
    const expected: unknown = JSON.parse(readFileSync(path, 'utf8'));
    // What is read aside, such as frequencies, comes in the second moment or in the one after it.
    await vi.waitFor(async () => expect(await observe(name, seconds, container)).toEqual(expected));
  },
);
