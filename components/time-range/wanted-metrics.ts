import type { DisplayStore } from '@/lib/client/store/display-store';
import type { SampleType } from '@/lib/protocol/event-types';
import { metricOfSensor, sampleFieldOf } from '@/lib/protocol/metrics';
import { metricPaths } from './history-rows';

type Fields = { readonly [T in SampleType]?: RegExp };

/** The fields that charts draw. */
const drawnFields: Fields = {
  cpu: /^(?:[a-z]+Percent|load\d+)$/,
  memory: /^(?:used|available|free|total)Bytes$/,
  pressure: /Percent$/,
  network: /BytesPerSecond$/,
  disk: /BytesPerSecond$/,
};

/** Those that only tiles, tables and bars show. */
const shownFields: Fields = {
  cpu: /^(?:percent|frequencyMHz|runningTasks|blockedTasks)$/,
  memory: /^swap(?:Total|Used)Bytes$/,
  pressure: /someAvg10$/,
  disk: /(?:utilPercent|AwaitMs)$/,
  filesystem: /^(?:usedBytes|availableBytes|sizeBytes|inodesUsedPercent)$/,
  containers: /^(?:cpuPercent|memoryBytes|throttledPercent)$/,
};

function isOneOf(fields: Fields, metric: string): boolean {
  const found = sampleFieldOf(metric);
  return found !== null && fields[found.type]?.test(found.field) === true;
}

/** Nobody reads the charts of hundreds of devices, and each costs the server a query. */
const drawnMax = 96;
const shownMax = 168;

export interface Wanted {
  readonly drawn: readonly string[];
  readonly shown: readonly string[];
}

/** The host's metrics that the panels of these types show. */
export function wantedMetrics(store: DisplayStore, types: readonly SampleType[]): Wanted {
  const sensors = types.includes('sensor-data')
    ? store.sensors().map(({ sensor }) => metricOfSensor(sensor))
    : [];
  const others = types.flatMap((type) => {
    const sample = type === 'sensor-data' ? null : store.last(type);
    return sample ? [...metricPaths(type, sample).keys()] : [];
  });
  const drawn = others.filter((metric) => isOneOf(drawnFields, metric));
  return {
    drawn: [...new Set([...drawn.slice(0, drawnMax), ...sensors.slice(0, drawnMax)])],
    shown: others.filter((metric) => isOneOf(shownFields, metric)).slice(0, shownMax),
  };
}
