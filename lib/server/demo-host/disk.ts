import type { Sample } from '@/lib/server/collectors/host';
import { drives } from './drives';
import type { MachineState } from './machine-state';
import { hundredths, percentOf } from './units';

export function diskAt({ now, noise, unixMs }: MachineState): Sample<'disk'> {
  return {
    devices: drives.map((drive, nth) => {
      const used = now.utilization[nth] ?? 0;
      // Transfers grow when there are many to merge, and each waits for those before it.
      const merged = (1 + 0.5 * used) * (1 + 0.12 * noise.wander(drive.channel, unixMs, 11_000));
      const queue = (1 + 7 * used ** 3) * (1 + 0.1 * noise.wander(drive.channel + 1, unixMs, 8_000));
      const reads = hundredths(now.ioRates[drive.read] / (drive.readSize * merged));
      const writes = hundredths(now.ioRates[drive.write] / (drive.writeSize * merged));
      return {
        name: drive.name,
        readBytesPerSecond: Math.round(now.ioRates[drive.read]),
        writeBytesPerSecond: Math.round(now.ioRates[drive.write]),
        readsPerSecond: reads,
        writesPerSecond: writes,
        readAwaitMs: reads === 0 ? null : hundredths(drive.readMs * queue),
        writeAwaitMs: writes === 0 ? null : hundredths(drive.writeMs * queue),
        utilPercent: percentOf(used),
      };
    }),
  };
}
