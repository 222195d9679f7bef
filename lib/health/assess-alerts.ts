import type { FiringAlert } from '@/lib/protocol/initial-state';
import { partsOfMetric } from '@/lib/protocol/metrics';
import type { Finding, FindingKind, PlaceName } from './finding';
import type { HealthInputs } from './inputs';
import { resourceOfMetric, topConsumerOf } from './top-consumer';

interface Meaning {
  readonly kind: FindingKind;
  readonly place: PlaceName | null;
}

/** The default rules map to findings, which are translated. Other rules are shown by their names. */
const meanings: Readonly<Record<string, Meaning>> = {
  'cpu-busy': { kind: 'cpu-full', place: 'cpu' },
  'cpu-pressure': { kind: 'cpu-pressure', place: 'pressure' },
  'memory-low': { kind: 'memory-full', place: 'memory' },
  'memory-pressure': { kind: 'memory-pressure', place: 'pressure' },
  'swap-full': { kind: 'swap-full', place: 'memory' },
  'io-pressure': { kind: 'io-pressure', place: 'pressure' },
  'filesystem-nearly-full': { kind: 'filesystem-full', place: 'filesystem' },
  'filesystem-full': { kind: 'filesystem-full', place: 'filesystem' },
  'filesystem-filling': { kind: 'filesystem-filling', place: 'filesystem' },
  'inodes-nearly-used': { kind: 'inodes-full', place: 'filesystem' },
  'temperature-high': { kind: 'warm', place: 'sensors' },
  'temperature-critical': { kind: 'too-hot', place: 'sensors' },
  'disk-reads-slow': { kind: 'disk-slow', place: 'disk' },
  'disk-writes-slow': { kind: 'disk-slow', place: 'disk' },
  'network-receive-errors': { kind: 'network-errors', place: 'network' },
  'network-send-errors': { kind: 'network-errors', place: 'network' },
  'sensor-silent': { kind: 'sensor-silent', place: 'sensors' },
  'login-new-address': { kind: 'new-address', place: null },
};

const places: Readonly<Record<string, PlaceName>> = {
  cpu: 'cpu',
  memory: 'memory',
  pressure: 'pressure',
  disk: 'disk',
  network: 'network',
  filesystem: 'filesystem',
  sensor: 'sensors',
  containers: 'containers',
  processes: 'processes',
};

function subjectOf(kind: FindingKind, metric: string, { sensors }: HealthInputs): string | null {
  if (kind.endsWith('pressure')) return null;
  const { group, item } = partsOfMetric(metric);
  if (group !== 'sensor') return item;
  return sensors.find(({ sensor }) => sensor.id === item)?.sensor.label ?? item;
}

function figureOf(kind: FindingKind, alert: FiringAlert, { latest }: HealthInputs): number | null {
  // These rules compare another figure than the one that is displayed.
  if (kind === 'cpu-pressure') return latest.pressure?.cpu.someAvg10 ?? alert.value;
  if (kind === 'memory-pressure') return latest.pressure?.memory.someAvg10 ?? alert.value;
  if (kind === 'io-pressure') return latest.pressure?.io.someAvg10 ?? alert.value;
  return alert.value;
}

function findingOf(alert: FiringAlert, inputs: HealthInputs): Finding {
  const { ruleId, kind, severity, name, metric } = alert;
  // A summary is about many metrics, and has its rule's pattern for one.
  const isSummary = metric?.includes('*') ?? false;
  const meaning = ruleId === null || isSummary ? undefined : meanings[ruleId];
  const resource = resourceOfMetric(metric ?? '');
  const topConsumer = resource && topConsumerOf(inputs, resource);
  if (meaning && metric) {
    return {
      ...meaning,
      severity,
      subject: subjectOf(meaning.kind, metric, inputs),
      figure: figureOf(meaning.kind, alert, inputs),
      topConsumer,
    };
  }
  if (kind === 'oom') {
    const killed = alert.culprits[0]?.name ?? null;
    return {
      kind: 'out-of-memory',
      severity,
      subject: killed,
      figure: null,
      topConsumer: null,
      place: 'memory',
    };
  }
  const place = places[partsOfMetric(metric ?? '').group] ?? null;
  const what = alert.origin === 'published' ? 'published-alert' : 'alert';
  return { kind: what, severity, subject: name, figure: null, topConsumer, place };
}

/** The findings of firing alerts. */
export function assessAlerts(inputs: HealthInputs): readonly Finding[] {
  return inputs.alerts.map((alert) => findingOf(alert, inputs));
}
