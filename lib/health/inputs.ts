import type { LoggedPayloads, SampleType } from '@/lib/protocol/event-types';
import type { FiringAlert } from '@/lib/protocol/initial-state';
import type { HostFacts } from '@/lib/protocol/payloads';
import type { ReportedSensor } from './sensors';

/** What a health summary is assessed from. Stale samples are left out. */
export interface HealthInputs {
  readonly facts: HostFacts;
  readonly intervalMs: number;
  /** The newest sample of each type that is not stale. */
  readonly latest: { readonly [T in SampleType]?: LoggedPayloads[T] };
  /** The samples of the last `averagedMs` without a gap in them, oldest first. */
  readonly recent: { readonly [T in SampleType]?: readonly LoggedPayloads[T][] };
  /** File systems as they were in the last minutes, oldest first. */
  readonly mountsBefore: readonly LoggedPayloads['filesystem'][];
  /** The last value of each sensor that still reports. */
  readonly sensors: readonly ReportedSensor[];
  /** Types whose samples no longer arrive while others do. */
  readonly lost: readonly SampleType[];
  readonly alerts: readonly FiringAlert[];
  /** How many of them are silenced. */
  readonly silenced: number;
}

/** Fluctuating figures are averaged over this long: short spikes are not reported. */
export const averagedMs = 10_000;
/** Shorter spans are not assessed: a page has one sample at first paint. */
const averagedMsMin = 4_000;

/** The mean over the last seconds; `null` while too few are known. */
export function meanOf<Row extends { readonly t: number }>(
  rows: readonly Row[] | undefined,
  intervalMs: number,
  value: (row: Row) => number | null,
): number | null {
  const known = (rows ?? []).flatMap((row) => {
    const at = value(row);
    return at === null ? [] : [{ t: row.t, at }];
  });
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || last.t - first.t + intervalMs < averagedMsMin) return null;
  return known.reduce((sum, { at }) => sum + at, 0) / known.length;
}
