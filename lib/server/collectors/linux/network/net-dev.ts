import { type Counters, counterOf } from '../../counter-rates';

/** What an interface has received and sent since it came up. */
export type InterfaceCounters = Counters<
  'rxBytes' | 'rxPackets' | 'rxErrors' | 'rxDrops' | 'txBytes' | 'txPackets' | 'txErrors' | 'txDrops'
>;

/**
 * Reads `/proc/net/dev` (man proc(5)): interfaces by name, as Latin-1, without those that `isHidden`
 * matches. `null` when it is another file. A name may hold anything but blanks and slashes; a line without its end was
 * cut off. A figure that is not a valid number is `null`; the others of its line are read.
 */
export function parseNetDev(
  text: string,
  isHidden: (name: string) => boolean = () => false,
): ReadonlyMap<string, InterfaceCounters> | null {
  if (!text.startsWith('Inter-|')) return null;
  const interfaces = new Map<string, InterfaceCounters>();
  let start = text.indexOf('\n', text.indexOf('\n') + 1) + 1;
  for (let end = text.indexOf('\n', start); start > 0 && end !== -1; end = text.indexOf('\n', start)) {
    const line = text.slice(start, end);
    start = end + 1;
    // The last one: aliases of old kernels have a colon in their names.
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    if (name === '' || isHidden(name)) continue;
    const counters = countersOf(line.slice(colon + 1));
    if (counters && !interfaces.has(name)) interfaces.set(name, counters);
  }
  return interfaces;
}

function countersOf(columns: string): InterfaceCounters | null {
  const figures = columns.trim().split(/ +/);
  if (figures.length < 16) return null;
  const figure = (column: number) => counterOf(figures[column]);
  const counters = {
    rxBytes: figure(0),
    rxPackets: figure(1),
    rxErrors: figure(2),
    rxDrops: figure(3),
    txBytes: figure(8),
    txPackets: figure(9),
    txErrors: figure(10),
    txDrops: figure(11),
  };
  return Object.values(counters).every((count) => count === null) ? null : counters;
}
