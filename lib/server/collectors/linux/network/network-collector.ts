import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { InterfaceKind } from '@/lib/protocol/interface-kind';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { perSecond, risesBetween } from '../../counter-rates';
import type { CollectorOf, Sample } from '../../host';
import { shownName } from '../procfs/kernel-text';
import { openPseudoFile, readBrief } from '../procfs/pseudo-file';
import type { LinuxRoots } from '../procfs/roots';
import { hiddenNote, isHidden, seesFirstProcess } from '../procfs/roots';
import { namesIn, withFallback } from '../procfs/with-fallback';
import { type InterfaceCounters, parseNetDev } from './net-dev';
import { openNetworkInterfaces } from './network-interfaces';

/** More rows, physical ones first, would only fill the log. */
const interfacesMax = 128;
/** Each of these has a file of its own open, to see whether it is up. */
const examinedMax = 256;
/** The loopback stays in sight for so long after it carried something, lest its row flicker. */
const loopbackMs = 60_000;

type Row = Sample<'network'>['interfaces'][number];
const hardware: readonly InterfaceKind[] = ['physical', 'member', 'virtual-function'];
const rankOf = (kind: InterfaceKind) => (hardware.includes(kind) ? 0 : kind === 'loopback' ? 2 : 1);

/**
 * Traffic since the previous sample, from `/proc/net/dev`. Shown are physical interfaces always; bridges, bonds,
 * VLANs and tunnels unless they are down and never carried a byte; the loopback while it carries something. The
 * host's ends of containers and of virtual machines are hidden: their bridge shows the same bytes.
 */
export function networkCollector({
  procPath,
  sysPath,
  clock = systemClock,
}: LinuxRoots & { readonly clock?: Clock }): CollectorOf<'network'> {
  const isOwn = resolve(procPath) === '/proc';
  const ownPath = join(procPath, 'net/dev');
  const own = openPseudoFile(ownPath);
  // `net` is a link to `self/net`, and self is in this container; the host's first process is not.
  const first = openPseudoFile(join(procPath, '1/net/dev'));
  // This container's own sysfs has this container's interfaces.
  const hasOtherSysfs = isOwn || resolve(sysPath) !== '/sys';
  const readText = withFallback(isOwn ? own.read : readFirst, () =>
    hasOtherSysfs ? devOfSysfs(sysPath) : null,
  );
  let isHiddenHost = false;
  const known = openNetworkInterfaces(sysPath, clock);
  let before: ReadonlyMap<string, InterfaceCounters> = new Map();
  let beforeMs = 0;
  let loopbackUntilMs = Number.NEGATIVE_INFINITY;

  function readFirst(): string {
    try {
      return first.read();
    } catch (error) {
      // A copy of a procfs may have the one list only.
      if (!seesFirstProcess(procPath) || !existsSync(ownPath)) throw error;
      return own.read();
    }
  }

  /** `null` where the only interfaces in sight would be those of this container, in the place of the host's. */
  function textInSight(): string | null {
    try {
      const text = readText();
      isHiddenHost = false;
      return text;
    } catch (error) {
      isHiddenHost = isHidden(procPath);
      if (!isHiddenHost) throw error;
      return null;
    }
  }

  function isShown(row: Row, kind: InterfaceKind, counters: InterfaceCounters): boolean {
    if (hardware.includes(kind)) return true;
    if (kind !== 'loopback') return row.up !== false || Boolean(counters.rxBytes || counters.txBytes);
    if (row.rxBytesPerSecond || row.txBytesPerSecond) loopbackUntilMs = clock.monotonicMs() + loopbackMs;
    return clock.monotonicMs() < loopbackUntilMs;
  }

  function rowsOf(after: ReadonlyMap<string, InterfaceCounters>, elapsedMs: number): readonly Row[] {
    const rows = new Map<string, Row>();
    const ranked = [...after].flatMap(([name, counters]) => {
      const { kind, isHidden } = known.kindOf(name);
      return isHidden ? [] : [{ name, counters, kind }];
    });
    ranked.sort((a, b) => rankOf(a.kind) - rankOf(b.kind));
    for (const { name, counters, kind } of ranked.slice(0, examinedMax)) {
      const rises = risesBetween(before.get(name), counters);
      const row = { ...rowOf(shownName(name), rises, elapsedMs, known.isUp(name)), kind };
      if (isShown(row, kind, counters) && !rows.has(row.name)) rows.set(row.name, row);
    }
    return [...rows.values()].slice(0, interfacesMax);
  }

  return {
    type: 'network',
    async collect() {
      const text = textInSight();
      if (text === null) return null;
      const after = parseNetDev(text, (name) => known.kindOf(name).isHidden);
      if (!after) throw new Error(`${ownPath} is not a list of interfaces`);
      const afterMs = clock.monotonicMs();
      const interfaces = rowsOf(after, afterMs - beforeMs);
      known.keepOnly(after);
      before = after;
      beforeMs = afterMs;
      return { interfaces: [...interfaces] };
    },
    note: () =>
      isHiddenHost
        ? hiddenNote("network is not told, for this container's is not the host's", procPath)
        : null,
  };
}

/** The columns of `net/dev`, by their names in `statistics`; what is not there is a figure that is none. */
const columns = [
  ...['rx_bytes', 'rx_packets', 'rx_errors', 'rx_dropped', '', '', '', ''],
  ...['tx_bytes', 'tx_packets', 'tx_errors', 'tx_dropped', '', '', '', ''],
];

/** The same list from sysfs; `null` where it has none. */
function devOfSysfs(sysPath: string): string | null {
  const folder = join(sysPath, 'class/net');
  const lines = namesIn(folder).flatMap((name) => {
    const figure = (file: string) =>
      (file && readBrief(join(folder, name, 'statistics', file))?.trim()) || '-';
    const isThere = readBrief(join(folder, name, 'statistics/rx_bytes')) !== null;
    return isThere ? `${Buffer.from(name).toString('latin1')}: ${columns.map(figure).join(' ')}\n` : [];
  });
  return lines.length === 0 ? null : `Inter-|\n face |\n${lines.join('')}`;
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
