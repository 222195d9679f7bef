import type { Frame } from '../transport/frame';
import type { FetchRecent } from '../transport/recent-events';

export interface GapRepairOptions {
  readonly fetchRecent: FetchRecent;
  readonly types: readonly string[];
  /**
   * What the server still has of the live span, oldest first, with its gaps; and the alerts that may have been in a
   * gap that is longer.
   */
  readonly onFrames: (frames: readonly Frame[], alerts: readonly Frame[]) => void;
}

export interface GapRepair {
  /** A gap that the server can still fill. `position`: where it begins, when it may contain alerts. */
  schedule(position?: string): void;
  close(): void;
}

/** A client that has just been too slow needs time to recover. */
const calmMs = 3_000;
/** After that, the gap has almost left the charts. */
const waitMsMax = 120_000;

/** Fetches what this client missed, once no more gaps occur, and retries with backoff. */
export function createGapRepair({ fetchRecent, types, onFrames }: GapRepairOptions): GapRepair {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let fetching: AbortController | null = null;
  let waitMs = calmMs;
  let alertsSince = '';

  async function mend(): Promise<void> {
    fetching = new AbortController();
    const { signal } = fetching;
    const frames = await fetchRecent(types, signal);
    const hasAlerts = types.includes('system-alert');
    const alerts = alertsSince && hasAlerts ? await fetchRecent(['system-alert'], signal, alertsSince) : [];
    if (signal.aborted) return;
    waitMs *= 2;
    if (frames && alerts) {
      alertsSince = '';
      onFrames(frames, alerts);
    } else if (waitMs < waitMsMax) timer = setTimeout(mend, waitMs);
  }

  function close(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    fetching?.abort();
  }

  return {
    schedule(position = '') {
      close();
      alertsSince ||= position;
      waitMs = calmMs;
      timer = setTimeout(mend, waitMs);
    },
    close,
  };
}
