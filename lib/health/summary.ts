import { assessAlerts } from './assess-alerts';
import { assessEnvironment } from './assess-environment';
import { assessLoad } from './assess-load';
import { assessStorage } from './assess-storage';
import { type Finding, findingKinds, keyOfFinding, type PreviousFinding, type Severity } from './finding';
import type { HealthInputs } from './inputs';
import { percentOf } from './key-figures';
import { rankOf, worseOf } from './thresholds';

export type HealthStatus = 'unknown' | 'calm' | 'warning' | 'critical';

export interface RecentFinding {
  readonly finding: Finding;
  /** When it was first found and when last, on the clock of `nowMs`. */
  readonly sinceMs: number;
  readonly lastFoundMs: number;
}

/** Usage of the whole machine, in percent; `null` where it is not known. */
export interface Vitals {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  /** Whether no task waits for CPU, memory or disks; `null` where the kernel does not report pressure. */
  readonly nothingWaits: boolean | null;
}

/** How many of each are assessed; unreadable ones are not counted. */
export interface MonitoredItems {
  readonly disks: number;
  readonly mounts: number;
  readonly interfaces: number;
  readonly sensors: number;
  readonly containers: number;
}

export interface HealthSummary {
  readonly status: HealthStatus;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly vitals: Vitals;
  readonly monitored: MonitoredItems;
  /** How many firing alerts are silenced. */
  readonly silenced: number;
  /** When its figures were last updated, on the clock of `nowMs`. */
  readonly figuresMs: number;
  readonly recent: ReadonlyMap<string, RecentFinding>;
}

/** How long ended findings stay, and how long figures stay the same, so that the sentence can be read. */
const findingKeptMs = 8_000;
const figuresKeptMs = 5_000;
/** Waiting below this percentage of time is not noticeable. */
const noticedPercent = 10;

const impliedBy: Readonly<Partial<Record<Finding['kind'], readonly Finding['kind'][]>>> = {
  'cpu-full': ['cpu-pressure'],
  overloaded: ['cpu-pressure', 'cpu-full'],
  warm: ['too-hot'],
  'filesystem-filling': ['filesystem-full'],
};

function withoutImplied(findings: readonly Finding[]): Finding[] {
  const found = new Set(findings.map(keyOfFinding));
  return findings.filter(
    ({ kind, subject }) =>
      !impliedBy[kind]?.some((other) => found.has(keyOfFinding({ kind: other, subject }))),
  );
}

/** An alert and the samples may report the same: the figures are of the samples, the severity is the worse one. */
function merged(findings: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const known = byKey.get(keyOfFinding(finding));
    byKey.set(
      keyOfFinding(finding),
      known ? { ...known, severity: worseOf<Severity>(known.severity, finding.severity) } : finding,
    );
  }
  return [...byKey.values()];
}

function vitalsOf({ latest }: HealthInputs): Vitals {
  const { cpu, memory, pressure } = latest;
  const waits = pressure && [pressure.cpu, pressure.memory, pressure.io].map(({ someAvg10 }) => someAvg10);
  const known = waits?.filter((some) => some !== null) ?? [];
  return {
    cpuPercent: cpu?.totalPercent ?? null,
    memoryPercent: percentOf(memory?.usedBytes, memory?.totalBytes),
    nothingWaits: known.length === 0 ? null : known.every((some) => some < noticedPercent),
  };
}

function monitoredItemsOf({ latest, sensors }: HealthInputs): MonitoredItems {
  return {
    disks: latest.disk?.devices.length ?? 0,
    mounts: latest.filesystem?.mounts.length ?? 0,
    interfaces: latest.network?.interfaces.length ?? 0,
    sensors: sensors.filter(({ sensor }) => sensor.value !== null).length,
    containers: latest.containers?.containers.length ?? 0,
  };
}

function statusOf(inputs: HealthInputs, [worst]: readonly Finding[]): HealthStatus {
  if (worst && worst.severity !== 'info') return worst.severity;
  return inputs.latest.cpu || inputs.latest.memory ? 'calm' : 'unknown';
}

/**
 * Assesses the machine by its latest samples and the previous summary. `nowMs` is any clock that does not step back. A
 * finding is reported at once, and goes when it has not been found for some seconds.
 */
export function assessHealth(
  inputs: HealthInputs,
  before: HealthSummary | null,
  nowMs: number,
): HealthSummary {
  const previous: PreviousFinding = (what) => before?.recent.get(keyOfFinding(what))?.finding ?? null;
  const now = withoutImplied(
    merged([
      ...assessLoad(inputs, previous),
      ...assessStorage(inputs, previous),
      ...assessEnvironment(inputs, previous),
      ...assessAlerts(inputs),
    ]),
  );
  const hasOldFigures =
    before !== null && before.status !== 'unknown' && nowMs - before.figuresMs < figuresKeptMs;
  const recent = new Map<string, RecentFinding>();
  for (const [key, earlier] of before?.recent ?? [])
    if (nowMs - earlier.lastFoundMs < findingKeptMs) recent.set(key, earlier);
  for (const finding of now) {
    const key = keyOfFinding(finding);
    const known = recent.get(key);
    const isSame = known?.finding.severity === finding.severity;
    recent.set(key, {
      finding: known && isSame && hasOldFigures ? known.finding : finding,
      sinceMs: known?.sinceMs ?? nowMs,
      lastFoundMs: nowMs,
    });
  }
  const findings = ranked([...recent.values()]);
  return {
    status: statusOf(inputs, findings),
    findings,
    vitals: hasOldFigures ? before.vitals : vitalsOf(inputs),
    monitored: monitoredItemsOf(inputs),
    silenced: inputs.silenced,
    figuresMs: hasOldFigures ? before.figuresMs : nowMs,
    recent,
  };
}

/** By severity, then kind, then the longest duration, then the higher figure. */
function ranked(recent: readonly RecentFinding[]): Finding[] {
  const kindRank = ({ finding }: RecentFinding) => findingKinds.indexOf(finding.kind);
  const sorted = [...recent].sort(
    (one, other) =>
      rankOf(one.finding.severity) - rankOf(other.finding.severity) ||
      kindRank(one) - kindRank(other) ||
      one.sinceMs - other.sinceMs ||
      (other.finding.figure ?? 0) - (one.finding.figure ?? 0),
  );
  return withoutImplied(sorted.map(({ finding }) => finding));
}
