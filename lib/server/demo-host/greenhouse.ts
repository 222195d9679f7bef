import type { SensorData } from '@/lib/protocol/payloads';
import { daylightAt } from './activity';
import type { MachineState } from './machine-state';
import { channelOf } from './noise';
import { tenths } from './units';

const hourMs = 3_600_000;
const channel = channelOf('greenhouse');
const wateringMs = 0.25 * hourMs;
const dryingMs = 15.75 * hourMs;

/** Sensors that a script of the owner publishes: warm and dry by day, watered twice in 32 hours. */
export function greenhouseSensorsAt({ noise, unixMs }: MachineState): SensorData['sensors'] {
  const sun = daylightAt(unixMs) * (1 + 0.2 * noise.wander(channel, unixMs, 0.6 * hourMs));
  const celsius = 12.5 + 14 * sun + 2.5 * noise.wander(channel + 1, unixMs, 20 * hourMs);
  const humidity = 92 - 1.9 * (celsius - 10) + 4 * noise.wander(channel + 2, unixMs, 2 * hourMs);
  const at = unixMs % (dryingMs + wateringMs);
  const soil = at < dryingMs ? 71 - (33 * at) / dryingMs : 38 + (33 * (at - dryingMs)) / wateringMs;
  const place = { high: null, critical: null };
  return [
    {
      ...place,
      id: 'winter-garden',
      label: 'Winter garden',
      kind: 'temperature',
      value: tenths(celsius),
      unit: '°C',
      high: 34,
    },
    {
      ...place,
      id: 'winter-garden',
      label: 'Winter garden',
      kind: 'humidity',
      value: tenths(Math.min(99, Math.max(15, humidity))),
      unit: '%',
    },
    {
      ...place,
      id: 'winter-garden-soil',
      label: 'Winter garden soil moisture',
      kind: 'custom',
      value: tenths(soil),
      unit: '%',
    },
  ];
}
