import { judgeAlerts } from './assess-alerts';
import { judgeAround } from './assess-environment';
import { judgeWork } from './assess-load';
import { judgeStorage } from './assess-storage';
import { type Finding, findingKinds, keyOfFinding, type Severity, type Stood } from './finding';
import type { Evidence } from './inputs';
import { rankOf, worseOf } from './limits';
import { share } from './percent';

export type Tone = 'unknown' | 'calm' | 'warning' | 'critical';

export interface Standing {
  readonly finding: Finding;
  /** When it was first found and when last, on the clock of `nowMs`. */
  readonly sinceMs: number;
  readonly foundMs: number;
}

/** How the machine is on the whole, in percent; `null` what is not known. */
export interface Vitals {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  /** Whether nothing has to wait for CPU, memory or disks; `null` where the kernel does not tell. */
  readonly nothingWaits: boolean | null;
}

/** How many of each there are that were looked at. What cannot be read is not among them. */
export interface Watched {
  readonly disks: number;
  readonly mounts: number;
  readonly interfaces: number;
  readonly sensors: number;
  readonly containers: number;
}

export interface Verdict {
  readonly tone: Tone;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly vitals: Vitals;
  readonly watched: Watched;
  /** How many alerts fire that somebody has silenced. */
  readonly silenced: number;
  /** When the figures in it were taken. */
  readonly figuresMs: number;
  readonly standing: ReadonlyMap<string, Standing>;
}

/** What ended is told on for so long, and a figure in a sentence stays for so long: nobody reads faster. */
const keptMs = 8_000;
const figuresKeptMs = 5_000;
/** Below this share of time nobody notices that something waits. */
const noticedPercent = 10;

const isSaidBy: Readonly<Partial<Record<Finding['kind'], readonly Finding['kind'][]>>> = {
  'cpu-full': ['cpu-pressure'],
  overloaded: ['cpu-pressure', 'cpu-full'],
  warm: ['too-hot'],
  'filesystem-filling': ['filesystem-full'],
};

function unsaid(findings: readonly Finding[]): Finding[] {
  const found = new Set(findings.map(keyOfFinding));
  return findings.filter(
    ({ kind, subject }) =>
      !isSaidBy[kind]?.some((other) => found.has(keyOfFinding({ kind: other, subject }))),
  );
}

/** An alert and a reading may say the same: the figures are those of the reading, the severity is the worse. */
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

function vitalsOf({ latest }: Evidence): Vitals {
  const { cpu, memory, pressure } = latest;
  const waits = pressure && [pressure.cpu, pressure.memory, pressure.io].map(({ someAvg10 }) => someAvg10);
  const known = waits?.filter((some) => some !== null) ?? [];
  return {
    cpuPercent: cpu?.totalPercent ?? null,
    memoryPercent: share(memory?.usedBytes, memory?.totalBytes),
    nothingWaits: known.length === 0 ? null : known.every((some) => some < noticedPercent),
  };
}

function watchedOf({ latest, sensors }: Evidence): Watched {
  return {
    disks: latest.disk?.devices.length ?? 0,
    mounts: latest.filesystem?.mounts.length ?? 0,
    interfaces: latest.network?.interfaces.length ?? 0,
    sensors: sensors.filter(({ sensor }) => sensor.value !== null).length,
    containers: latest.containers?.containers.length ?? 0,
  };
}

function toneOf(evidence: Evidence, [worst]: readonly Finding[]): Tone {
  if (worst && worst.severity !== 'info') return worst.severity;
  return evidence.latest.cpu || evidence.latest.memory ? 'calm' : 'unknown';
}

/**
 * How the machine is, from its latest readings and what was said of it before. `nowMs` is any clock that does not
 * step back. What is found is found at once; it goes when it has not been found for some seconds.
 */
export function judge(evidence: Evidence, before: Verdict | null, nowMs: number): Verdict {
  const stood: Stood = (what) => before?.standing.get(keyOfFinding(what))?.finding ?? null;
  const now = unsaid(
    merged([
      ...judgeWork(evidence, stood),
      ...judgeStorage(evidence, stood),
      ...judgeAround(evidence, stood),
      ...judgeAlerts(evidence),
    ]),
  );
  const hasOldFigures =
    before !== null && before.tone !== 'unknown' && nowMs - before.figuresMs < figuresKeptMs;
  const standing = new Map<string, Standing>();
  for (const [key, stands] of before?.standing ?? [])
    if (nowMs - stands.foundMs < keptMs) standing.set(key, stands);
  for (const finding of now) {
    const key = keyOfFinding(finding);
    const known = standing.get(key);
    const isSame = known?.finding.severity === finding.severity;
    standing.set(key, {
      finding: known && isSame && hasOldFigures ? known.finding : finding,
      sinceMs: known?.sinceMs ?? nowMs,
      foundMs: nowMs,
    });
  }
  const findings = ranked([...standing.values()]);
  return {
    tone: toneOf(evidence, findings),
    findings,
    vitals: hasOldFigures ? before.vitals : vitalsOf(evidence),
    watched: watchedOf(evidence),
    silenced: evidence.silenced,
    figuresMs: hasOldFigures ? before.figuresMs : nowMs,
    standing,
  };
}

/** By severity, then by kind, then what has lasted longest, then the higher figure. */
function ranked(standing: readonly Standing[]): Finding[] {
  const kindRank = ({ finding }: Standing) => findingKinds.indexOf(finding.kind);
  const sorted = [...standing].sort(
    (one, other) =>
      rankOf(one.finding.severity) - rankOf(other.finding.severity) ||
      kindRank(one) - kindRank(other) ||
      one.sinceMs - other.sinceMs ||
      (other.finding.figure ?? 0) - (one.finding.figure ?? 0),
  );
  return unsaid(sorted.map(({ finding }) => finding));
}
