import { metricName, partsOfMetric, sampleFieldOf } from '@/lib/protocol/metrics';

/** A metric of a host. */
export interface HostMetric {
  readonly name: string;
  readonly unit: string;
  /** Of a published sensor. */
  readonly label: string | null;
}

/** A line of a chart: the sum of `plus`, less `minus`. */
export interface SeriesPlan {
  readonly key: string;
  readonly label: string | null;
  readonly plus: readonly string[];
  readonly minus: readonly string[];
}

export interface ChartPlan {
  readonly key: string;
  readonly item: string | null;
  readonly unit: string;
  /** In a stack, a series with the key `total` is a line over it. */
  readonly form: 'stack' | 'lines' | 'heat';
  readonly top: number | null;
  /** The most series that are drawn: those with the highest peaks. */
  readonly seriesMax: number;
  readonly series: readonly SeriesPlan[];
}

/** The most charts of one key in a file: those with the highest peaks. */
export const chartsPerKeyMax = 6;
const linesMax = 6;
const coresMax = 256;
/** The most items of a group, and sensors of a kind: the history of each is read. */
const itemsMax = 48;

const sensorKinds = ['temperature', 'fan', 'power', 'voltage', 'humidity', 'battery'] as const;

const line = (key: string, ...plus: readonly string[]): SeriesPlan => ({ key, label: null, plus, minus: [] });

/** The items of a group that have a field: of `network.eth0.rxBytesPerSecond`, `eth0`. */
function itemsOf(metrics: readonly HostMetric[], group: string, field: string): string[] {
  return metrics
    .map(({ name }) => partsOfMetric(name))
    .flatMap((parts) => (parts.group === group && parts.field === field && parts.item ? parts.item : []))
    .slice(0, itemsMax);
}

/** A line for each core, by its number. */
function coreLines(metrics: readonly HostMetric[]): readonly SeriesPlan[] {
  return metrics
    .flatMap(({ name }) => {
      const place = sampleFieldOf(name);
      return place?.type === 'cpu' && place.item !== null ? line(place.item, name) : [];
    })
    .slice(0, coresMax);
}

const itemLine = (group: string, item: string, field: string): SeriesPlan => ({
  ...line(item, metricName({ group, item, field })),
  label: item,
});

/** The charts that a file may have, in its order, by the metrics of a host. `memoryBytes` is its total memory. */
export function chartPlans(metrics: readonly HostMetric[], memoryBytes: number | null): readonly ChartPlan[] {
  const names = new Set(metrics.map(({ name }) => name));
  const plain = { item: null, top: null, seriesMax: linesMax } as const;
  const percent = { ...plain, unit: '%', top: 100 } as const;

  const plans: ChartPlan[] = [
    {
      ...percent,
      key: 'cpu',
      form: 'stack',
      series: [
        line('user', 'cpu.userPercent', 'cpu.nicePercent', 'cpu.guestPercent'),
        line('system', 'cpu.systemPercent', 'cpu.irqPercent', 'cpu.softirqPercent'),
        line('iowait', 'cpu.iowaitPercent'),
        line('steal', 'cpu.stealPercent'),
        line('total', 'cpu.totalPercent'),
      ],
    },
    {
      ...percent,
      key: 'cores',
      form: 'heat',
      seriesMax: coresMax,
      series: coreLines(metrics),
    },
    {
      ...plain,
      key: 'load',
      unit: '',
      form: 'lines',
      series: [line('one', 'cpu.load1'), line('five', 'cpu.load5'), line('fifteen', 'cpu.load15')],
    },
    {
      ...plain,
      key: 'memory',
      unit: 'B',
      form: 'stack',
      top: memoryBytes,
      series: [
        line('used', 'memory.usedBytes'),
        { ...line('cache', 'memory.availableBytes'), minus: ['memory.freeBytes'] },
      ],
    },
    { ...plain, key: 'swap', unit: 'B', form: 'lines', series: [line('swap', 'memory.swapUsedBytes')] },
    {
      ...plain,
      key: 'pressure',
      unit: '%',
      form: 'lines',
      series: ['cpu', 'memory', 'io'].map((resource) => line(resource, `pressure.${resource}.somePercent`)),
    },
    ...itemsOf(metrics, 'disk', 'readBytesPerSecond').map(
      (item): ChartPlan => ({
        ...plain,
        key: 'disk',
        item,
        unit: 'B/s',
        form: 'lines',
        series: [
          line('read', `disk.${item}.readBytesPerSecond`),
          line('write', `disk.${item}.writeBytesPerSecond`),
        ],
      }),
    ),
    {
      ...percent,
      key: 'diskBusy',
      form: 'lines',
      series: itemsOf(metrics, 'disk', 'utilPercent').map((item) => itemLine('disk', item, 'utilPercent')),
    },
    ...itemsOf(metrics, 'network', 'rxBytesPerSecond').map(
      (item): ChartPlan => ({
        ...plain,
        key: 'network',
        item,
        unit: 'B/s',
        form: 'lines',
        series: [
          line('in', `network.${item}.rxBytesPerSecond`),
          line('out', `network.${item}.txBytesPerSecond`),
        ],
      }),
    ),
    {
      ...percent,
      key: 'filesystem',
      form: 'lines',
      series: itemsOf(metrics, 'filesystem', 'usedPercent').map((item) =>
        itemLine('filesystem', item, 'usedPercent'),
      ),
    },
    {
      ...plain,
      key: 'containers',
      unit: '%',
      form: 'lines',
      series: itemsOf(metrics, 'containers', 'cpuPercent').map((item) =>
        itemLine('containers', item, 'cpuPercent'),
      ),
    },
    ...sensorPlans(metrics),
  ];
  return plans
    .map((plan) => ({
      ...plan,
      series: plan.series.filter(({ plus }) => plus.some((metric) => names.has(metric))),
    }))
    .filter(({ series }) => series.length > 0);
}

/** A chart for each kind of sensor, and one for each sensor without a kind. */
function sensorPlans(metrics: readonly HostMetric[]): readonly ChartPlan[] {
  const labels = new Map(metrics.map(({ name, label }) => [name, label]));
  const kinds = sensorKinds.map((kind): ChartPlan => {
    const series = itemsOf(metrics, 'sensor', kind).map((item) => {
      const name = `sensor.${item}.${kind}`;
      return { ...line(item, name), label: labels.get(name) ?? item };
    });
    const unit = metrics.find(({ name }) => name === series[0]?.plus[0])?.unit ?? '';
    const top = kind === 'battery' || kind === 'humidity' ? 100 : null;
    return { key: kind, item: null, unit, form: 'lines', top, seriesMax: linesMax, series };
  });
  const others = metrics
    .map((metric) => ({ ...metric, ...partsOfMetric(metric.name) }))
    .filter(({ group, item, field }) => group === 'sensor' && item && field === 'value')
    .slice(0, itemsMax)
    .map(
      ({ name, unit, label, item }): ChartPlan => ({
        key: 'sensor',
        item: label ?? item,
        unit,
        form: 'lines',
        top: null,
        seriesMax: 1,
        series: [line('value', name)],
      }),
    );
  return [...kinds, ...others];
}
