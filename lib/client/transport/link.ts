import type { ConnectionState } from './frame';
import type { Progress } from './page-position';
import type { FetchRecent } from './recent-events';

/** One way by which events come to a page. */
export interface Link {
  wake(): void;
  away(isAway: boolean): void;
  close(): void;
}

export interface LinkOptions {
  readonly types: readonly string[];
  readonly progress: Progress;
  readonly fetchRecent?: FetchRecent | undefined;
  readonly onState: (state: ConnectionState) => void;
}
