import type { Disk, Filesystem } from '@/lib/protocol/payloads';
import type { Finding, Stood } from './finding';
import { type Evidence, meanOf } from './inputs';
import { usedPercent } from './key-figures';
import { type Limits, rankOf, severityAt } from './limits';
import { culpritOf } from './top-consumer';

type Device = Disk['devices'][number];
type Mount = Filesystem['mounts'][number];

const awaitMs: Limits = { warning: [200, 120], critical: [1000, 600] };
const utilPercent: Limits = { warning: [97, 90] };
/** A device that does many things at once is busy all the time and yet fast; one that is slow as well is full up. */
const busyAwaitMs = 20;
const usedLimits: Limits = { warning: [90, 88], critical: [97, 95] };

/** The mean time of what was completed in these seconds, in ms; `null` when nothing was. */
function meanAwaitMs(rows: readonly Disk[], name: string): number | null {
  let [waited, completed] = [0, 0];
  for (const { devices } of rows) {
    const device = devices.find((one) => one.name === name);
    const add = (await_: number | null, rate: number | null) => {
      if (await_ === null || !rate) return;
      waited += await_ * rate;
      completed += rate;
    };
    add(device?.readAwaitMs ?? null, device?.readsPerSecond ?? null);
    add(device?.writeAwaitMs ?? null, device?.writesPerSecond ?? null);
  }
  return completed === 0 ? null : waited / completed;
}

function device(evidence: Evidence, stood: Stood, { name }: Device): Finding[] {
  const rows = evidence.recent.disk ?? [];
  const of = ({ devices }: Disk) => devices.find((one) => one.name === name);
  const util = meanOf(rows, evidence.intervalMs, (row) => of(row)?.utilPercent ?? null);
  // As long as its use cannot be averaged, the page knows too little of its waits as well.
  const waits = util === null ? null : meanAwaitMs(rows, name);
  const [slow, busy] = (['disk-slow', 'disk-busy'] as const).map((kind) => stood({ kind, subject: name }));
  const slowSeverity = severityAt(waits, awaitMs, slow?.severity);
  if (slowSeverity) {
    const culprit = culpritOf(evidence, 'disk', slow?.culprit);
    return [
      { kind: 'disk-slow', severity: slowSeverity, subject: name, figure: waits, culprit, place: 'disk' },
    ];
  }
  const severity = (waits ?? 0) >= busyAwaitMs ? severityAt(util, utilPercent, busy?.severity) : null;
  if (!severity) return [];
  const culprit = culpritOf(evidence, 'disk', busy?.culprit);
  return [{ kind: 'disk-busy', severity, subject: name, figure: util, culprit, place: 'disk' }];
}

function mount({ mountsBefore }: Evidence, stood: Stood, now: Mount): Finding[] {
  const base = { subject: now.mount, culprit: null, place: 'filesystem' } as const;
  const was = (is: (before: Mount) => boolean) =>
    mountsBefore.some(({ mounts }) => mounts.some((before) => before.mount === now.mount && is(before)));
  const severityOf = (kind: Finding['kind'], figure: number | null, limits: Limits) =>
    severityAt(figure, limits, stood({ kind, subject: now.mount })?.severity);

  // Many are read-only for good; the kernel makes one so when its disk fails.
  const isNowReadOnly =
    now.readOnly &&
    (was(({ readOnly }) => !readOnly) || stood({ kind: 'filesystem-read-only', subject: now.mount }));
  if (isNowReadOnly) return [{ ...base, kind: 'filesystem-read-only', severity: 'critical', figure: null }];
  if (now.readOnly) return [];

  const isSilent = now.usedBytes === null && now.sizeBytes === null;
  if (isSilent) {
    const wasHeard =
      was(({ usedBytes }) => usedBytes !== null) || stood({ kind: 'mount-silent', subject: now.mount });
    return wasHeard ? [{ ...base, kind: 'mount-silent', severity: 'warning', figure: null }] : [];
  }
  return (
    [
      ['filesystem-full', usedPercent(now)],
      ['inodes-full', now.inodesUsedPercent],
    ] as const
  ).flatMap(([kind, figure]) => {
    const severity = severityOf(kind, figure, usedLimits);
    return severity ? [{ ...base, kind, severity, figure }] : [];
  });
}

/** Of mounts that share one space one is named, for it is full once: that of an alert, or else the first of the worst. */
function oncePerPool(
  all: readonly { readonly finding: Finding; readonly pool: string | null }[],
  { alerts }: Evidence,
): Finding[] {
  const told = new Set(alerts.map(({ metric }) => metric));
  const rank = ({ subject, severity, kind }: Finding) =>
    told.has(`filesystem.${subject}.${kind === 'inodes-full' ? 'inodesUsedPercent' : 'usedPercent'}`)
      ? -1
      : rankOf(severity);
  const isShared = ({ kind }: Finding) => kind === 'filesystem-full' || kind === 'inodes-full';
  const worst = new Map<string, Finding>();
  for (const { finding, pool } of all) {
    if (pool === null || !isShared(finding)) continue;
    const key = `${finding.kind} ${pool}`;
    const known = worst.get(key);
    if (!known || rank(finding) < rank(known)) worst.set(key, finding);
  }
  return all
    .filter(
      ({ finding, pool }) =>
        pool === null || !isShared(finding) || worst.get(`${finding.kind} ${pool}`) === finding,
    )
    .map(({ finding }) => finding);
}

/** Disks that let wait, and file systems that are full, fail or do not answer. */
export function judgeStorage(evidence: Evidence, stood: Stood): readonly Finding[] {
  const { disk, filesystem } = evidence.latest;
  return [
    ...(disk?.devices ?? []).flatMap((one) => device(evidence, stood, one)),
    ...oncePerPool(
      (filesystem?.mounts ?? []).flatMap((one) =>
        mount(evidence, stood, one).map((finding) => ({ finding, pool: one.pool ?? null })),
      ),
      evidence,
    ),
  ];
}
