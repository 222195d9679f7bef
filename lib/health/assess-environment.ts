import type { Network } from '@/lib/protocol/payloads';
import type { Finding, PreviousFinding } from './finding';
import { type HealthInputs, meanOf } from './inputs';
import { percentOf } from './key-figures';
import { families, type Sensor } from './sensors';
import {
  batteryPercent,
  containerUsed,
  networkDrops,
  networkErrors,
  severityAt,
  severityBelow,
} from './thresholds';

type Interface = Network['interfaces'][number];

/** A finding ends this many °C below the limit. */
const coolerBy = 3;
/** `null` for values that chips report when they have no limit. */
export const plausibleLimit = (limit: number | null) =>
  limit !== null && limit > 20 && limit < 200 ? limit : null;

/** Fewer dropped packets are not reported, whatever their share. */
const dropsPerSecondMin = 5;

function heat({ value, high, critical }: Sensor, before: Finding | null) {
  const warm = plausibleLimit(high);
  const hot = plausibleLimit(critical);
  const begin = warm ?? hot;
  if (begin === null) return null;
  return severityAt(
    value,
    {
      // A sensor without a high limit is compared with its critical one only.
      warning: [begin, begin - coolerBy],
      ...(hot === null ? {} : { critical: [hot, hot - coolerBy] }),
    },
    before?.severity,
  );
}

function sensors({ sensors: reported }: HealthInputs, previous: PreviousFinding): Finding[] {
  const temperatures = families(reported.filter(({ sensor }) => sensor.kind === 'temperature'));
  const hot = temperatures.flatMap(({ name, members }): Finding[] => {
    const before =
      previous({ kind: 'too-hot', subject: name }) ?? previous({ kind: 'warm', subject: name }) ?? null;
    const found = members.flatMap(({ sensor }) => {
      const severity = heat(sensor, before);
      return severity ? [{ severity, figure: sensor.value }] : [];
    });
    const worst = found.find(({ severity }) => severity === 'critical') ?? found[0];
    if (!worst) return [];
    const kind = worst.severity === 'critical' ? 'too-hot' : 'warm';
    const figure = found.reduce<number | null>(
      (high, { severity, figure: one }) =>
        severity === worst.severity && one !== null ? Math.max(high ?? one, one) : high,
      null,
    );
    return [{ kind, severity: worst.severity, subject: name, figure, topConsumer: null, place: 'sensors' }];
  });
  const batteries = reported.flatMap(({ sensor: { kind, label, value, unit } }): Finding[] => {
    if (kind !== 'battery' || unit !== '%') return [];
    const severity = severityBelow(
      value,
      batteryPercent,
      previous({ kind: 'battery-low', subject: label })?.severity,
    );
    return severity
      ? [
          {
            kind: 'battery-low',
            severity,
            subject: label,
            figure: value,
            topConsumer: null,
            place: 'sensors',
          },
        ]
      : [];
  });
  return [...hot, ...batteries];
}

const sum = (...values: readonly (number | null | undefined)[]) =>
  values.reduce<number | null>((total, value) => (value == null ? total : (total ?? 0) + value), null);

function network({ latest, recent, intervalMs }: HealthInputs, previous: PreviousFinding): Finding[] {
  return (latest.network?.interfaces ?? []).flatMap(({ name }): Finding[] => {
    const mean = (value: (item: Interface) => number | null) =>
      meanOf(recent.network, intervalMs, ({ interfaces }) => {
        const item = interfaces.find((one) => one.name === name);
        return item ? value(item) : null;
      });
    const errors = mean((item) => sum(item.rxErrorsPerSecond, item.txErrorsPerSecond));
    const drops = mean((item) => sum(item.rxDropsPerSecond, item.txDropsPerSecond));
    const packets = mean((item) => sum(item.rxPacketsPerSecond, item.txPacketsPerSecond));
    const base = { subject: name, topConsumer: null, place: 'network' } as const;
    const broken = severityAt(
      errors,
      networkErrors,
      previous({ kind: 'network-errors', subject: name })?.severity,
    );
    if (broken) return [{ ...base, kind: 'network-errors', severity: broken, figure: errors }];
    const before = previous({ kind: 'network-drops', subject: name })?.severity;
    const isNoise = before === undefined && (drops ?? 0) < dropsPerSecondMin;
    const lost = percentOf(drops, sum(packets, drops));
    const dropped = isNoise ? null : severityAt(lost, networkDrops, before);
    return dropped ? [{ ...base, kind: 'network-drops', severity: dropped, figure: lost }] : [];
  });
}

function containers({ latest }: HealthInputs, previous: PreviousFinding): Finding[] {
  return (latest.containers?.containers ?? []).flatMap((container): Finding[] => {
    const { id, name, state, health, memoryBytes, memoryLimitBytes } = container;
    const subject = name ?? id.slice(0, 12);
    const base = { subject, topConsumer: null, place: 'containers' } as const;
    const isUnwell = health === 'unhealthy' || state === 'restarting' || state === 'dead';
    const figure = percentOf(memoryBytes, memoryLimitBytes);
    const full = severityAt(figure, containerUsed, previous({ kind: 'container-full', subject })?.severity);
    return [
      ...(isUnwell
        ? [{ ...base, kind: 'container-unwell' as const, severity: 'warning' as const, figure: null }]
        : []),
      ...(full ? [{ ...base, kind: 'container-full' as const, severity: full, figure }] : []),
    ];
  });
}

/** Collectors whose samples no longer arrive. Not sensors: programs may publish them at any time. */
function lost({ lost: types }: HealthInputs): Finding[] {
  const places = ['cpu', 'memory', 'pressure', 'network', 'disk', 'filesystem', 'containers'] as const;
  return places
    .filter((type) => types.includes(type))
    .map((type) => ({
      kind: type === 'cpu' ? 'cpu-lost' : type === 'memory' ? 'memory-lost' : 'samples-lost',
      severity: 'warning',
      subject: type === 'cpu' || type === 'memory' ? null : type,
      figure: null,
      topConsumer: null,
      place: type,
    }));
}

/** Heat, batteries, the network, containers, and collectors without samples. */
export function assessEnvironment(inputs: HealthInputs, previous: PreviousFinding): readonly Finding[] {
  return [
    ...sensors(inputs, previous),
    ...network(inputs, previous),
    ...containers(inputs, previous),
    ...lost(inputs),
  ];
}
