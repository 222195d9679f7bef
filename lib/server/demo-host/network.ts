import type { Sample } from '@/lib/server/collectors/host';
import { activityAt } from './activity';
import type { MachineState } from './machine-state';
import { channelOf, smooth } from './noise';
import { hundredths } from './units';

/** Payload of gigabit Ethernet, bytes per second. */
const wireBytes = 117.6e6;
const chatterChannel = channelOf('eth0 chatter');
const wirelessChannel = channelOf('wlan0');

export function networkAt({ now, noise, unixMs }: MachineState): Sample<'network'> {
  const chatter = 5_200 * (1 + 0.4 * noise.wander(chatterChannel, unixMs, 6_000));
  // Acknowledgements go the other way.
  const rx = now.ioRates.networkIn + 0.013 * now.ioRates.networkOut + chatter;
  const tx = now.ioRates.networkOut + 0.013 * now.ioRates.networkIn + 0.6 * chatter;
  const gadgets = 1_400 + 5_000 * activityAt(unixMs);
  const wireless = (nth: number) => gadgets * (1 + 0.55 * noise.wander(wirelessChannel + nth, unixMs, 8_000));
  const faded = Math.max(0, noise.wander(wirelessChannel + 2, unixMs, 90_000) - 0.72);
  return {
    interfaces: [
      wire('eth0', Math.min(rx, wireBytes), Math.min(tx, wireBytes), 0),
      wire('wlan0', wireless(0), 0.7 * wireless(1), hundredths(6 * faded)),
    ],
  };
}

function wire(name: string, rx: number, tx: number, rxDropsPerSecond: number) {
  return {
    name,
    rxBytesPerSecond: Math.round(rx),
    txBytesPerSecond: Math.round(tx),
    rxPacketsPerSecond: hundredths(rx / packetBytes(rx)),
    txPacketsPerSecond: hundredths(tx / packetBytes(tx)),
    rxErrorsPerSecond: 0,
    txErrorsPerSecond: 0,
    rxDropsPerSecond,
    txDropsPerSecond: 0,
    up: true,
    kind: 'physical' as const,
  };
}

/** Much traffic is large packets. */
const packetBytes = (bytesPerSecond: number) => 210 + 1_190 * smooth(bytesPerSecond / 6e6);
