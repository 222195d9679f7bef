import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loggedSchemas } from '@/lib/events/event-schemas';
import type { Host } from '../host';
import type { Machine } from './fixture';
import { layOutMachine } from './fixture-machine';
import { openLinuxHost } from './linux-host';

const { signal } = new AbortController();

let folder: string;
let host: Host | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => {
  host?.close?.();
  rmSync(folder, { recursive: true });
});

/** What each machine tells in its second moment, of what is particular to it. */
const machines: readonly (readonly [Machine, string | null, object])[] = [
  [
    'laptop',
    null,
    {
      cpu: { totalPercent: 27 },
      'sensor-data': { sensors: expect.arrayContaining([expect.objectContaining({ kind: 'battery' })]) },
      processes: { count: 7, threads: 41 },
      containers: null,
    },
  ],
  [
    'raspberry-pi',
    null,
    {
      cpu: { totalPercent: 20, cores: [80, 0, 0, 0], iowaitPercent: 5 },
      'sensor-data': { sensors: [{ id: 'thermal-cpu-thermal', value: 49.173, critical: 110 }] },
    },
  ],
  ['old-vm', null, { cpu: { stealPercent: 20 }, 'sensor-data': null, containers: null }],
  [
    'container',
    'docker',
    {
      cpu: { cores: [], stealPercent: null },
      memory: { totalBytes: 1_073_741_824, usedBytes: 550_000_000 },
      'sensor-data': null,
      containers: { containers: [] },
    },
  ],
];

it.each(machines)('%s, as a whole', async (name, container, expected) => {
  const { procPath, sysPath, rootfsPath, passSecond } = layOutMachine(name, folder);
  const opened = openLinuxHost({
    name,
    procPath,
    sysPath,
    rootfsPath,
    ownContainer: async () => container,
  });
  host = opened;
  const told: Record<string, object | null | undefined> = {};
  for (const round of ['first', 'second']) {
    if (round === 'second') passSecond();
    for (const reading of opened.readings) {
      const sample = await reading.read(signal).catch(() => undefined);
      told[reading.type] = sample;
      if (!sample) continue;
      const event = { t: 0, host: name, ...sample };
      expect(loggedSchemas[reading.type].parse(event)).toEqual(event);
    }
  }
  expect(told).toMatchObject(expected);
  for (const watch of opened.watches) expect(await watch.look(signal)).toEqual([]);
});
