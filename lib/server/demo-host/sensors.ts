import type { SensorData } from '@/lib/protocol/payloads';
import type { Sample } from '@/lib/server/collectors/host';
import { daylightAt } from './activity';
import { coreShares } from './cpu';
import { coreCount, type Demand } from './demand';
import { drives } from './drives';
import { greenhouseSensorsAt } from './greenhouse';
import { lagged, type MachineState } from './machine-state';
import { channelOf } from './noise';
import { hundredths, tenths } from './units';

type Sensor = SensorData['sensors'][number];
type Limits = Partial<Pick<Sensor, 'high' | 'critical'>>;

const dayMs = 86_400_000;
const minuteMs = 60_000;
const roomChannel = channelOf('room');
const voltageChannel = channelOf('voltage');
const fanChannel = channelOf('fan');
const coreChannels = Array.from({ length: coreCount }, (_, core) => channelOf(`core ${core} sensor`));

export function sensorsAt(state: MachineState): Sample<'sensor-data'> {
  const { now, past, noise, unixMs } = state;
  const room =
    21.5 + 2.4 * daylightAt(unixMs - dayMs / 12) + 1.1 * noise.wander(roomChannel, unixMs, dayMs / 2);

  // A chip is hot within seconds; what carries its heat away follows within minutes, and the fan goes by that.
  const dieWatts = lagged(past, 7_000, packageWatts);
  const sinkWatts = lagged(past, 150_000, packageWatts);
  const chip = room + 6.5 + 0.42 * dieWatts + 0.36 * sinkWatts;
  const sink = room + 5 + 0.7 * lagged(past, 40_000, packageWatts);
  const rpm = (nth: number, idle: number, perDegree: number) =>
    Math.round(
      idle + perDegree * Math.max(0, sink - 30) + 7 * noise.wander(fanChannel + nth, unixMs, 15_000),
    );

  const cores = coreShares(state).map((share, core) => {
    const lean = 1.4 * noise.wander(coreChannels[core] ?? 0, unixMs, 600_000);
    return temperature(`coretemp.temp${core + 2}`, `Core ${core}`, chip - 2.5 + 3 * share + lean, {
      high: 82,
      critical: 100,
    });
  });
  const usedLately = drives.map((drive, nth) => {
    const lagMs = drive.name.startsWith('nvme') ? 1.5 * minuteMs : 14 * minuteMs;
    return lagged(past, lagMs, (demand) => demand.utilization[nth] ?? 0);
  });
  const [nvme = 0, sda = 0, sdb = 0] = usedLately;
  const effort = now.busyCores / coreCount;
  const volts = (nth: number) => noise.wander(voltageChannel + nth, unixMs, 12_000);
  const watts = packageWatts(now);

  return {
    sensors: [
      temperature('coretemp.temp1', 'Package id 0', chip, { high: 82, critical: 100 }),
      ...cores,
      temperature('nvme.temp1', 'nvme0n1 Composite', room + 13 + 26 * nvme, { high: 81.8, critical: 84.8 }),
      temperature('drivetemp.sda', 'sda', room + 9.5 + 7 * sda, { high: 60, critical: 70 }),
      temperature('drivetemp.sdb', 'sdb', room + 8.5 + 7 * sdb, { high: 60, critical: 70 }),
      temperature('acpitz.temp1', 'Mainboard', room + 6 + 0.08 * sinkWatts, { critical: 105 }),
      sensor('nct6798.fan1', 'CPU fan', 'fan', rpm(0, 610, 21), 'rpm', {}),
      sensor('nct6798.fan2', 'Case fan', 'fan', rpm(1, 480, 9), 'rpm', {}),
      sensor('nct6798.in0', 'Vcore', 'voltage', hundredths(0.71 + 0.46 * effort + 0.012 * volts(0)), 'V', {}),
      sensor('nct6798.in1', '+12V', 'voltage', hundredths(12.1 - 0.07 * effort + 0.015 * volts(1)), 'V', {}),
      sensor('nct6798.in2', '+5V', 'voltage', hundredths(5.03 + 0.01 * volts(2)), 'V', {}),
      sensor('rapl.package-0', 'CPU package', 'power', hundredths(watts), 'W', { high: 65 }),
      sensor('ups.power', 'UPS output', 'power', tenths(34 + 1.14 * watts + 5 * (sda + sdb)), 'W', {
        high: 300,
      }),
      sensor('ups.battery', 'UPS battery', 'battery', tenths(batteryPercent(state)), '%', {}),
      ...greenhouseSensorsAt(state),
    ],
  };
}

/** What the processor draws, in watts: a base, and less for each further core. */
function packageWatts({ busyCores }: Demand): number {
  return 7.6 + 7.6 * busyCores ** 0.9;
}

const lossPerMinute = 2.3;
const gainPerMinute = 0.35;

function batteryPercent({ incidents, unixMs }: MachineState): number {
  for (const { powerOutage } of incidents) {
    if (!powerOutage || unixMs < powerOutage.startMs) continue;
    const awayMs = Math.min(unixMs, powerOutage.endMs) - powerOutage.startMs;
    const backMs = Math.max(0, unixMs - powerOutage.endMs);
    const missing = (awayMs * lossPerMinute - backMs * gainPerMinute) / minuteMs;
    if (missing > 0) return 100 - missing;
  }
  return 100;
}

function temperature(id: string, label: string, celsius: number, limits: Limits): Sensor {
  return sensor(id, label, 'temperature', tenths(celsius), '°C', limits);
}

function sensor(
  id: string,
  label: string,
  kind: Sensor['kind'],
  value: number,
  unit: string,
  limits: Limits,
): Sensor {
  return { id, label, kind, value, unit, high: null, critical: null, ...limits };
}
