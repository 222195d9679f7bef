import type { NewEvent } from '@/lib/server/event-log/event-log';
import type { ReplayPosition } from './position';

/** One step of a replay. A step without an event shows that something was measured then, and moves the position on. */
export interface ReplayStep {
  /** When it is due: Unix ms of the playback clock. */
  readonly t: number;
  readonly event: NewEvent | null;
  /** The stream's position after it. */
  readonly position: ReplayPosition;
}

/** Consecutive steps. */
export interface StepBatch {
  readonly steps: readonly ReplayStep[];
  /** How far apart measurements are here, in ms. */
  readonly spacingMs: number;
}
