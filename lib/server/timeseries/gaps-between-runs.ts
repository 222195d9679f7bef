import type { Boot, GapCause, HistoryGap } from '@/lib/protocol/history';

/** One run of Hostbeat, as the next one finds it. */
export interface Run {
  readonly boot: Boot;
  /** When it was stopped, Unix ms; `null` while it runs and after a crash. */
  readonly stoppedAt: number | null;
}

/** Boots without an id are the same when their times differ by at most this: the clock may have been set in between. */
const sameBootMs = 120_000;
/** Programs that start with the machine run within this time. */
const startUpMs = 180_000;

function isSameBoot(one: Boot, other: Boot): boolean {
  if (one.id !== null && other.id !== null) return one.id === other.id;
  return Math.abs(one.at - other.at) <= sameBootMs;
}

/** The gaps from the last sample of one run to the first of the next. `hint` is the cause by the log alone. */
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
