import type { HistoryGap } from './history';
import type { HostFacts, SystemAlert } from './payloads';

/** A value per step, `null` where nothing was measured. */
export type Values = readonly (number | null)[];

/** One line or layer of a chart. */
export interface ExportedSeries {
  /** Selects its name among the page's texts, unless it has a label. */
  readonly key: string;
  readonly label: string | null;
  readonly avg: Values;
  /** Lowest and highest of each step; `null` where they are the mean itself, or not known. */
  readonly low: Values | null;
  readonly high: Values | null;
}

export interface ExportedChart {
  /** Selects its name among the page's texts. */
  readonly key: string;
  /** The interface, device or sensor, where a key has several charts. */
  readonly item: string | null;
  /** As metrics have it: `%`, `B`, `B/s`, `°C`, …; `bytes` of memory and loads by their key. */
  readonly unit: string;
  readonly form: 'stack' | 'lines' | 'heat';
  /** The top of the axis where it is known. */
  readonly top: number | null;
  readonly series: readonly ExportedSeries[];
}

/** An alert with its three top consumers, without command lines and long texts. */
export interface ExportedAlert
  extends Pick<
    SystemAlert,
    | 'kind'
    | 'state'
    | 'severity'
    | 'name'
    | 'ruleId'
    | 'metric'
    | 'value'
    | 'threshold'
    | 'since'
    | 'message'
    | 'origin'
  > {
  readonly condition: SystemAlert['condition'];
  readonly culprits: readonly {
    readonly name: string;
    readonly cpuPercent: number | null;
    readonly memoryBytes: number | null;
  }[];
}

/** An event, its texts cut for a list. `t` is Unix ms. */
export type ExportedEvent = { readonly t: number } & (
  | { readonly type: 'alert'; readonly alert: ExportedAlert }
  | {
      readonly type: 'login' | 'logout';
      readonly user: string;
      readonly from: string | null;
      readonly origin?: 'published';
    }
  | { readonly type: 'note' | 'message'; readonly title: string; readonly text: string }
  | { readonly type: 'other'; readonly title: string; readonly text: string }
);

/** The content of an exported file: the samples and events from `from` to `to` (Unix ms). */
export interface ExportedFile {
  readonly lang: 'en' | 'zh';
  readonly facts: HostFacts;
  /** The version of Hostbeat that wrote it. */
  readonly version: string;
  readonly exportedAt: number;
  readonly from: number;
  readonly to: number;
  /** Where the first step begins (Unix ms), and how long each lasts. */
  readonly start: number;
  readonly stepMs: number;
  readonly charts: readonly ExportedChart[];
  /** The oldest first. */
  readonly events: readonly ExportedEvent[];
  /** Whether older events were left out. */
  readonly isCut: boolean;
  readonly gaps: readonly HistoryGap[];
}
