import { type Counters, counterOf } from '../../counter-rates';

/** What a block device has completed since boot. Sectors are of 512 bytes on every device. */
export type DiskCounters = Counters<
  | 'reads'
  | 'readSectors'
  | 'readMs'
  | 'writes'
  | 'writeSectors'
  | 'writeMs'
  /** Time with at least one request under way. */
  | 'busyMs'
>;

/**
 * Reads `/proc/diskstats` (Documentation/admin-guide/iostats.rst): devices by name, as Latin-1, without those that
 * `isHidden` matches and those that were never used. `null` when it has no whole line. Discards and flushes are not
 * writes. A figure that is not a valid number is `null`; the others of its line are read.
 */
export function parseDiskStats(
  text: string,
  isHidden: (name: string) => boolean = () => false,
): ReadonlyMap<string, DiskCounters> | null {
  const devices = new Map<string, DiskCounters>();
  let isDiskStats = false;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    const line = text.slice(start, end);
    start = end + 1;
    const [, name, figures] = /^ *\d+ +\d+ (\S+)((?: +[^ ]+){4,}) *$/.exec(line) ?? [];
    if (!name || !figures) continue;
    isDiskStats = true;
    if (isHidden(name)) continue;
    const counters = countersOf(figures);
    if (counters && (counters.reads || counters.writes)) devices.set(name, counters);
  }
  return isDiskStats ? devices : null;
}

/** Before Linux 2.6.25 a partition had four figures, of another meaning. */
function countersOf(figures: string): DiskCounters | null {
  const columns = figures.trim().split(/ +/);
  if (columns.length < 11) return null;
  const figure = (column: number) => counterOf(columns[column]);
  return {
    reads: figure(0),
    readSectors: figure(2),
    readMs: figure(3),
    writes: figure(4),
    writeSectors: figure(6),
    writeMs: figure(7),
    busyMs: figure(9),
  };
}
