import { metricOfSensor } from '@/lib/protocol/metrics';
import type { MetricSummary } from '@/lib/server/timeseries/history';
import type { HttpContext } from './context';

export interface LabelledMetric extends MetricSummary {
  /** What a person calls it; `null` where the name is all there is. */
  readonly label: string | null;
}

type WithSensors = Pick<HttpContext, 'history' | 'sensors' | 'hostName'>;

/** What history knows of a host, with what its published sensors say of themselves. */
export function labelledMetrics(runtime: WithSensors, asked: string | null): LabelledMetric[] {
  const { history, sensors, hostName } = runtime;
  const host = asked ?? hostName;
  const own = new Map(
    host === hostName ? sensors.all().map((sensor) => [metricOfSensor(sensor), sensor]) : [],
  );
  return history.metrics(host).map((metric) => {
    const sensor = own.get(metric.name);
    return { ...metric, unit: sensor?.unit ?? metric.unit, label: sensor?.label ?? null };
  });
}

/** Returns the unit of a metric; a published sensor has its own. */
export function unitsOf({
  sensors,
}: Pick<HttpContext, 'sensors'>): (metric: string, known: string) => string {
  const units = new Map(sensors.all().map((sensor) => [metricOfSensor(sensor), sensor.unit]));
  return (metric, known) => units.get(metric) ?? known;
}
