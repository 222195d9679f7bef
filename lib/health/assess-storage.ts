import type { Disk, Filesystem } from '@/lib/protocol/payloads';
import type { Finding, PreviousFinding } from './finding';
import { type HealthInputs, meanOf } from './inputs';
import { usedPercent } from './key-figures';
import {
  diskAwaitMs,
  diskUtilPercent,
  filesystemUsed,
  rankOf,
  severityAt,
  type Thresholds,
} from './thresholds';
import { topConsumerOf } from './top-consumer';

type Device = Disk['devices'][number];
type Mount = Filesystem['mounts'][number];

/** A device that serves many requests at once is always busy and yet fast; only one that is slow as well is at its limit. */
const busyAwaitMs = 20;

/** The mean time of the requests completed in these samples, ms; `null` when there were none. */
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

function device(inputs: HealthInputs, previous: PreviousFinding, { name }: Device): Finding[] {
  const rows = inputs.recent.disk ?? [];
  const of = ({ devices }: Disk) => devices.find((one) => one.name === name);
  const util = meanOf(rows, inputs.intervalMs, (row) => of(row)?.utilPercent ?? null);
  // While utilisation cannot be averaged, there are too few samples for the waits, too.
  const waits = util === null ? null : meanAwaitMs(rows, name);
  const [slow, busy] = (['disk-slow', 'disk-busy'] as const).map((kind) => previous({ kind, subject: name }));
  const slowSeverity = severityAt(waits, diskAwaitMs, slow?.severity);
  if (slowSeverity) {
    const topConsumer = topConsumerOf(inputs, 'disk', slow?.topConsumer);
    return [
      { kind: 'disk-slow', severity: slowSeverity, subject: name, figure: waits, topConsumer, place: 'disk' },
    ];
  }
  const severity = (waits ?? 0) >= busyAwaitMs ? severityAt(util, diskUtilPercent, busy?.severity) : null;
  if (!severity) return [];
  const topConsumer = topConsumerOf(inputs, 'disk', busy?.topConsumer);
  return [{ kind: 'disk-busy', severity, subject: name, figure: util, topConsumer, place: 'disk' }];
}

function mount({ mountsBefore }: HealthInputs, previous: PreviousFinding, now: Mount): Finding[] {
  const base = { subject: now.mount, topConsumer: null, place: 'filesystem' } as const;
  const was = (is: (before: Mount) => boolean) =>
    mountsBefore.some(({ mounts }) => mounts.some((before) => before.mount === now.mount && is(before)));
  const severityOf = (kind: Finding['kind'], figure: number | null, limits: Thresholds) =>
    severityAt(figure, limits, previous({ kind, subject: now.mount })?.severity);

  // Many are always read-only; the kernel makes others read-only when their disk fails.
  const isNowReadOnly =
    now.readOnly &&
    (was(({ readOnly }) => !readOnly) || previous({ kind: 'filesystem-read-only', subject: now.mount }));
  if (isNowReadOnly) return [{ ...base, kind: 'filesystem-read-only', severity: 'critical', figure: null }];
  if (now.readOnly) return [];

  const isSilent = now.usedBytes === null && now.sizeBytes === null;
  if (isSilent) {
    const hasReported =
      was(({ usedBytes }) => usedBytes !== null) || previous({ kind: 'mount-silent', subject: now.mount });
    return hasReported ? [{ ...base, kind: 'mount-silent', severity: 'warning', figure: null }] : [];
  }
  return (
    [
      ['filesystem-full', usedPercent(now)],
      ['inodes-full', now.inodesUsedPercent],
    ] as const
  ).flatMap(([kind, figure]) => {
    const severity = severityOf(kind, figure, filesystemUsed);
    return severity ? [{ ...base, kind, severity, figure }] : [];
  });
}

/** Of mounts that share a pool only one is reported: that of an alert, or else the first of the worst. */
function oncePerPool(
  all: readonly { readonly finding: Finding; readonly pool: string | null }[],
  { alerts }: HealthInputs,
): Finding[] {
  const alerted = new Set(alerts.map(({ metric }) => metric));
  const rank = ({ subject, severity, kind }: Finding) =>
    alerted.has(`filesystem.${subject}.${kind === 'inodes-full' ? 'inodesUsedPercent' : 'usedPercent'}`)
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

/** Slow or busy disks, and file systems that are full, failing or not responding. */
export function assessStorage(inputs: HealthInputs, previous: PreviousFinding): readonly Finding[] {
  const { disk, filesystem } = inputs.latest;
  return [
    ...(disk?.devices ?? []).flatMap((one) => device(inputs, previous, one)),
    ...oncePerPool(
      (filesystem?.mounts ?? []).flatMap((one) =>
        mount(inputs, previous, one).map((finding) => ({ finding, pool: one.pool ?? null })),
      ),
      inputs,
    ),
  ];
}
