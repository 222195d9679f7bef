import type { DisplayStore } from '@/lib/client/store/pausable';
import type { SampleType } from '@/lib/protocol/event-types';
import { metricOfSensor } from '@/lib/protocol/metrics';
import { metricPaths } from './history-rows';

/** What charts draw, and what tiles, tables and bars tell besides, by how their metrics end. */
const drawnFields =
  /^(cpu\.[a-z]+Percent|cpu\.load\d+|memory\.(used|available|free|total)Bytes|pressure\..*Percent|(network|disk)\..*BytesPerSecond)$/;
const toldFields =
  /^(cpu\.(core\d+\.percent|frequencyMHz|runningTasks|blockedTasks)|memory\.swap(Total|Used)Bytes|pressure\..*someAvg10|disk\..*(utilPercent|AwaitMs)|filesystem\..*(usedBytes|availableBytes|sizeBytes|inodesUsedPercent)|containers\..*(cpuPercent|memoryBytes|throttledPercent))$/;
/** Of hundreds of devices nobody reads them all, and each costs the server a look. */
const mostDrawn = 96;
const mostTold = 168;

export interface Wanted {
  readonly drawn: readonly string[];
  readonly told: readonly string[];
}

/** The metrics that the panels of these types show, of what the host has. */
export function wantedMetrics(store: DisplayStore, types: readonly SampleType[]): Wanted {
  const sensors = types.includes('sensor-data')
    ? store.sensors().map(({ sensor }) => metricOfSensor(sensor))
    : [];
  const others = types.flatMap((type) => {
    const sample = type === 'sensor-data' ? null : store.last(type);
    return sample ? [...metricPaths(type, sample).keys()] : [];
  });
  const drawn = others.filter((metric) => drawnFields.test(metric));
  return {
    drawn: [...new Set([...drawn.slice(0, mostDrawn), ...sensors.slice(0, mostDrawn)])],
    told: others.filter((metric) => toldFields.test(metric)).slice(0, mostTold),
  };
}
