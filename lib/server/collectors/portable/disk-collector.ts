import { disksIO, fsStats } from 'systeminformation';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { type Counters, perSecond, risesBetween } from '../counter-rates';
import type { CollectorOf } from '../host';

const everyMs = 1_000;

/**
 * All disks together, under the name `all`, as systeminformation's `fsStats` and `disksIO` have them: that is on macOS
 * alone, and without await and utilisation. `null` elsewhere.
 */
export function diskCollector(
  platform: NodeJS.Platform,
  clock: Clock = systemClock,
): CollectorOf<'disk'> | null {
  if (platform !== 'darwin') return null;
  let before: Counters<'rx' | 'wx' | 'rIO' | 'wIO'> | undefined;
  let beforeMs = 0;

  return {
    type: 'disk',
    everyMs,
    async collect() {
      const [{ rx, wx }, { rIO, wIO }] = await Promise.all([fsStats(), disksIO()]);
      const afterMs = clock.monotonicMs();
      const after = { rx, wx, rIO, wIO };
      // What could not be read is 0, and the next value would pass for everything since boot.
      if (!Object.values(after).every((count) => count > 0)) {
        before = undefined;
        throw new Error('systeminformation has no figures of the disks');
      }
      const rises = risesBetween(before, after);
      const rate = (name: keyof typeof after) => perSecond(rises?.[name], afterMs - beforeMs);
      before = after;
      beforeMs = afterMs;
      return {
        devices: [
          {
            name: 'all',
            readBytesPerSecond: rate('rx'),
            writeBytesPerSecond: rate('wx'),
            readsPerSecond: rate('rIO'),
            writesPerSecond: rate('wIO'),
            readAwaitMs: null,
            writeAwaitMs: null,
            utilPercent: null,
          },
        ],
      };
    },
  };
}
