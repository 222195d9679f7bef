import { plausibleLimit } from './assess-environment';
import type { Family } from './sensors';

/** A temperature above which some of a chart's sensors are too hot. */
export interface TemperatureLimit {
  /** °C. */
  readonly value: number;
  readonly severity: 'warning' | 'critical';
  /** The families whose limit it is. */
  readonly names: readonly string[];
}

/** The lowest high and the lowest critical limit of a chart's sensors: those that are reached first. */
export function temperatureLimits(drawn: readonly Family[]): readonly TemperatureLimit[] {
  const limitOf = ({ members }: Family, key: 'high' | 'critical') =>
    members.reduce<number | null>((low, { sensor }) => {
      const limit = plausibleLimit(sensor[key]);
      return limit === null ? low : Math.min(low ?? limit, limit);
    }, null);
  const lowest = (key: 'high' | 'critical', severity: TemperatureLimit['severity']): TemperatureLimit[] => {
    const limits = drawn.flatMap((family) => {
      const value = limitOf(family, key);
      return value === null ? [] : [{ name: family.name, value }];
    });
    if (limits.length === 0) return [];
    const value = Math.min(...limits.map((limit) => limit.value));
    return [
      { value, severity, names: limits.filter((limit) => limit.value === value).map(({ name }) => name) },
    ];
  };
  return [...lowest('high', 'warning'), ...lowest('critical', 'critical')];
}
