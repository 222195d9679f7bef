import { networkStats } from 'systeminformation';
import { kindOfName } from '@/lib/protocol/interface-kind';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { type Counters, perSecond, risesBetween } from '../counter-rates';
import type { CollectorOf } from '../host';

type Traffic = Counters<'rx_bytes' | 'tx_bytes' | 'rx_errors' | 'tx_errors' | 'rx_dropped' | 'tx_dropped'>;

/** systeminformation asks a few programs on macOS and PowerShell on Windows, which takes its time. */
const everyMs = { win32: 5_000, others: 1_000 };
const loopback = /^lo\d*$|loopback/i;

/**
 * Traffic between two calls of systeminformation's `networkStats`, which counts no packets and, on macOS, has the
 * received drops for the sent ones: those are `null`. The loopback and what never carried a byte are left out.
 */
export function networkCollector(
  platform: NodeJS.Platform,
  clock: Clock = systemClock,
): CollectorOf<'network'> {
  const hasTxDrops = platform !== 'darwin';
  let before = new Map<string, Traffic>();
  let beforeMs = 0;

  return {
    type: 'network',
    everyMs: platform === 'win32' ? everyMs.win32 : everyMs.others,
    async collect() {
      const found = await networkStats('*');
      const afterMs = clock.monotonicMs();
      const used = found.filter(
        ({ iface, rx_bytes, tx_bytes }) => (rx_bytes || tx_bytes) && !loopback.test(iface),
      );
      const interfaces = used.map((after) => {
        const rises = isCounted(after) ? risesBetween(before.get(after.iface), trafficOf(after)) : null;
        const rate = (name: keyof Traffic) => perSecond(rises?.[name], afterMs - beforeMs);
        return {
          name: after.iface,
          rxBytesPerSecond: rate('rx_bytes'),
          txBytesPerSecond: rate('tx_bytes'),
          rxPacketsPerSecond: null,
          txPacketsPerSecond: null,
          rxErrorsPerSecond: rate('rx_errors'),
          txErrorsPerSecond: rate('tx_errors'),
          rxDropsPerSecond: rate('rx_dropped'),
          txDropsPerSecond: hasTxDrops ? rate('tx_dropped') : null,
          up: after.operstate === 'up' ? true : after.operstate === 'down' ? false : null,
          kind: kindOfName(after.iface) ?? 'physical',
        };
      });
      before = new Map(used.filter(isCounted).map((counted) => [counted.iface, trafficOf(counted)]));
      beforeMs = afterMs;
      return { interfaces };
    },
  };
}

const trafficOf = ({ rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped }: Traffic) => ({
  rx_bytes,
  tx_bytes,
  rx_errors,
  tx_errors,
  rx_dropped,
  tx_dropped,
});

/** Where a program's answer was not understood, there are gaps and NaN. */
const isCounted = (traffic: Traffic) => Object.values(trafficOf(traffic)).every(Number.isFinite);
