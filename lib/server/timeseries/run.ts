import type { Boot, GapCause, HistoryGap } from '@/lib/protocol/history';

/** One run of Hostbeat, as the next one finds it. */
export interface Run {
  readonly boot: Boot;
  /** When it ended because it was told to; `null` while it runs, and for ever after a crash. */
  readonly stoppedAt: number | null;
}

/** A boot without a name is told by its time, which two clocks that were set in between may put apart. */
const sameBootMs = 120_000;
/** A machine that is up for this long has begun all that begins by itself. */
const startUpMs = 180_000;

function isSameBoot(one: Boot, other: Boot): boolean {
  if (one.id !== null && other.id !== null) return one.id === other.id;
  return Math.abs(one.at - other.at) <= sameBootMs;
}

/** What happened from the last sample of one run to the first of the next. `hint` is what the log itself tells. */
export function gapsBetween(
  previous: Run | null,
  boot: Boot,
  { from, to }: { readonly from: number; readonly to: number },
  hint: GapCause,
): HistoryGap[] {
  if (!previous) return [{ from, to, cause: hint }];
  if (isSameBoot(previous.boot, boot)) {
    return [{ from, to, cause: previous.stoppedAt === null ? 'server-crashed' : 'server-stopped' }];
  }
  if (boot.at <= from || boot.at >= to - startUpMs) return [{ from, to, cause: 'host-off' }];
  return [
    { from, to: boot.at, cause: 'host-off' },
    { from: boot.at, to, cause: 'server-stopped' },
  ];
}
