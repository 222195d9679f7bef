import { isSampleType, type SampleType, sampleTypes } from '@/lib/protocol/event-types';
import type { HistorySteps } from '@/lib/protocol/history';
import { sampleFieldOf } from '@/lib/protocol/metrics';
import type { Work } from '@/lib/server/concurrency/turns';
import { type KnownItems, payloadOf } from './sample-builders';
import type { ReplayStep } from './step';

/** The types that were sent of the step that begins at `t` (Unix ms). */
export interface SentTypes {
  readonly t: number;
  readonly types: ReadonlySet<string>;
}

export interface RebuildOptions {
  readonly host: string;
  readonly matches: (type: SampleType) => boolean;
  readonly known: KnownItems;
  readonly sent: SentTypes;
}

interface Series {
  readonly item: string;
  readonly field: string;
  readonly values: Float64Array;
}

/** The part after all others of a step. */
const lastPart = sampleTypes.length;

/** Metrics of every cycle, read in addition: otherwise steps without matching types would look like a gap. */
const referenceMetrics: readonly string[] = ['cpu.totalPercent', 'memory.usedBytes'];

/** The types of the step at `t` up to a part. */
export const sentUpTo = (t: number, part: number): SentTypes => ({
  t,
  types: new Set(sampleTypes.slice(0, part)),
});

/** Whether a metric is needed to rebuild the types that match. */
export function isNeeded(metric: string, matches: (type: SampleType) => boolean): boolean {
  const part = sampleFieldOf(metric);
  return part !== null && (matches(part.type) || referenceMetrics.includes(metric));
}

/** Steps of history as samples: at most one of each type a step, in the order of the types. */
export function* rebuildSteps(history: HistorySteps, options: RebuildOptions): Work<ReplayStep[]> {
  const byType = seriesByType(history);
  const steps: ReplayStep[] = [];
  for (let t = history.from, index = 0; t < history.to; t += history.stepMs, index += 1) {
    yield;
    steps.push(...rebuildStep(byType, t, index, options));
  }
  return steps;
}

function seriesByType({ averages }: HistorySteps): ReadonlyMap<SampleType, readonly Series[]> {
  const byType = new Map<SampleType, Series[]>();
  for (const [metric, values] of averages) {
    const part = sampleFieldOf(metric);
    if (!part || !isSampleType(part.type)) continue;
    const series = byType.get(part.type) ?? [];
    series.push({ item: part.item ?? '', field: part.field, values });
    byType.set(part.type, series);
  }
  return byType;
}

function rebuildStep(
  byType: ReadonlyMap<SampleType, readonly Series[]>,
  t: number,
  index: number,
  { host, matches, known, sent }: RebuildOptions,
): ReplayStep[] {
  const steps: ReplayStep[] = [];
  let isMeasured = false;
  for (const [typeIndex, type] of sampleTypes.entries()) {
    const cells = cellsOf(byType.get(type) ?? [], index);
    if (cells.size === 0) continue;
    isMeasured = true;
    if (!matches(type) || (sent.t === t && sent.types.has(type))) continue;
    const json = JSON.stringify(payloadOf(type, { t, host }, cells, known));
    const position = { kind: 'rebuilt', t, part: typeIndex + 1 } as const;
    steps.push({ t, event: { type, host, t, json }, position });
  }
  if (isMeasured) steps.push({ t, event: null, position: { kind: 'rebuilt', t, part: lastPart } });
  return steps;
}

function cellsOf(series: readonly Series[], step: number): Map<string, Map<string, number>> {
  const cells = new Map<string, Map<string, number>>();
  for (const { item, field, values } of series) {
    const value = values[step];
    if (value === undefined || Number.isNaN(value)) continue;
    const fields = cells.get(item) ?? new Map<string, number>();
    cells.set(item, fields.set(field, value));
  }
  return cells;
}
