import { join, resolve } from 'node:path';
import type { InterfaceKind } from '@/lib/events/interface-kind';
import { perSecond, risesBetween } from '../counter-rates';
import type { ReadingOf, Sample } from '../host';
import type { LinuxRoots } from './cpu-reading';
import { shownName } from './kernel-text';
import { type InterfaceCounters, parseNetDev } from './net-dev';
import { watchNetworkInterfaces } from './network-interfaces';
import { openPseudoFile } from './pseudo-file';

/** Rows beyond this, physical ones first, would fill the log with what nobody reads. */
const interfacesMax = 128;
/** Each of these has a file of its own open, to see whether it is up. */
const lookedAtMax = 256;
/** The loopback stays in sight for so long after it carried something, lest its row flicker. */
const loopbackMs = 60_000;

type Row = Sample<'network'>['interfaces'][number];
const hardware: readonly InterfaceKind[] = ['physical', 'member', 'virtual-function'];
const rankOf = (kind: InterfaceKind) => (hardware.includes(kind) ? 0 : kind === 'loopback' ? 2 : 1);

/**
 * Traffic since the previous reading, from `/proc/net/dev`. Shown are physical interfaces always; bridges, bonds,
 * VLANs and tunnels unless they are down and never carried a byte; the loopback while it carries something. The
 * host's ends of containers and of virtual machines are folded away: their bridge shows the same bytes.
 */
export function networkReading({
  procPath,
  sysPath,
  now = () => performance.now(),
}: LinuxRoots & { readonly now?: () => number }): ReadingOf<'network'> {
  // `net` is a link to `self/net`, and self is in this container; the host's first process is not.
  const paths = ['net/dev', ...(resolve(procPath) === '/proc' ? [] : ['1/net/dev'])];
  const files = paths.map((path) => openPseudoFile(join(procPath, path))).reverse();
  const known = watchNetworkInterfaces(sysPath, now);
  let before: ReadonlyMap<string, InterfaceCounters> = new Map();
  let beforeMs = 0;
  let loopbackUntilMs = Number.NEGATIVE_INFINITY;

  function readFirst(): string {
    const [first, second] = files;
    try {
      return first?.read() ?? '';
    } catch (error) {
      if (!second) throw error;
      return second.read();
    }
  }

  function isShown(row: Row, kind: InterfaceKind, counters: InterfaceCounters): boolean {
    if (hardware.includes(kind)) return true;
    if (kind !== 'loopback') return row.up !== false || Boolean(counters.rxBytes || counters.txBytes);
    if (row.rxBytesPerSecond || row.txBytesPerSecond) loopbackUntilMs = now() + loopbackMs;
    return now() < loopbackUntilMs;
  }

  function rowsOf(after: ReadonlyMap<string, InterfaceCounters>, elapsedMs: number): readonly Row[] {
    const rows = new Map<string, Row>();
    const ranked = [...after].flatMap(([name, counters]) => {
      const { kind, isFolded } = known.kindOf(name);
      return isFolded ? [] : [{ name, counters, kind }];
    });
    ranked.sort((a, b) => rankOf(a.kind) - rankOf(b.kind));
    for (const { name, counters, kind } of ranked.slice(0, lookedAtMax)) {
      const rises = risesBetween(before.get(name), counters);
      const row = { ...rowOf(shownName(name), rises, elapsedMs, known.isUp(name)), kind };
      if (isShown(row, kind, counters) && !rows.has(row.name)) rows.set(row.name, row);
    }
    return [...rows.values()].slice(0, interfacesMax);
  }

  return {
    type: 'network',
    async read() {
      const after = parseNetDev(readFirst(), (name) => known.kindOf(name).isFolded);
      if (!after) throw new Error(`${join(procPath, 'net/dev')} is not a list of interfaces`);
      const afterMs = now();
      const interfaces = rowsOf(after, afterMs - beforeMs);
      known.keepOnly(after);
      before = after;
      beforeMs = afterMs;
      return { interfaces: [...interfaces] };
    },
  };
}

function rowOf(name: string, rises: InterfaceCounters | null, elapsedMs: number, up: boolean | null): Row {
  const rate = (counter: keyof InterfaceCounters) => perSecond(rises?.[counter], elapsedMs);
  return {
    name,
    rxBytesPerSecond: rate('rxBytes'),
    txBytesPerSecond: rate('txBytes'),
    rxPacketsPerSecond: rate('rxPackets'),
    txPacketsPerSecond: rate('txPackets'),
    rxErrorsPerSecond: rate('rxErrors'),
    txErrorsPerSecond: rate('txErrors'),
    rxDropsPerSecond: rate('rxDrops'),
    txDropsPerSecond: rate('txDrops'),
    up,
  };
}
