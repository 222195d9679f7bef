import { isSampleType, type SampleType, sampleTypes } from '@/lib/protocol/event-types';
import type { HistorySteps } from '@/lib/protocol/history';
import { sampleFieldOf } from '@/lib/protocol/metrics';
import type { Work } from '@/lib/server/concurrency/turns';
import { type KnownItems, payloadOf } from './payloads';
import type { Moment } from './step';

export interface ToldTypes {
  /** Unix ms. */
  readonly t: number;
  readonly types: ReadonlySet<string>;
}

export interface RebuildOptions {
  readonly host: string;
  readonly lets: (type: SampleType) => boolean;
  readonly known: KnownItems;
  /** Of the step that begins then, these were told before. */
  readonly told: ToldTypes;
}

interface Series {
  readonly item: string;
  readonly field: string;
  readonly values: Float64Array;
}

/** Behind all of a step. */
export const lastPart = sampleTypes.length;

/** Metrics that are there whenever anything was measured: without them a filter would look like a hole. */
const witnesses: readonly string[] = ['cpu.totalPercent', 'memory.usedBytes'];

/** What was told of the step at `t` up to a part. */
export const toldUpTo = (t: number, part: number): ToldTypes => ({
  t,
  types: new Set(sampleTypes.slice(0, part)),
});

/** Whether a metric is needed to rebuild what a filter lets pass. */
export function isNeeded(metric: string, lets: (type: SampleType) => boolean): boolean {
  const part = sampleFieldOf(metric);
  return part !== null && (lets(part.type) || witnesses.includes(metric));
}

/** Steps of history as the samples that they were made of may have been: one of each type a step, in the types' order. */
export function* momentsOf(steps: HistorySteps, { host, lets, known, told }: RebuildOptions): Work<Moment[]> {
  const byType = new Map<SampleType, Series[]>();
  for (const [metric, values] of steps.averages) {
    const part = sampleFieldOf(metric);
    if (!part || !isSampleType(part.type)) continue;
    const series = byType.get(part.type) ?? [];
    series.push({ item: part.item ?? '', field: part.field, values });
    byType.set(part.type, series);
  }
  const moments: Moment[] = [];
  for (let t = steps.from, step = 0; t < steps.to; t += steps.stepMs, step += 1) {
    yield;
    let isMeasured = false;
    for (const [index, type] of sampleTypes.entries()) {
      const cells = cellsOf(byType.get(type) ?? [], step);
      if (cells.size === 0) continue;
      isMeasured = true;
      const part = index + 1;
      if (!lets(type) || (told.t === t && told.types.has(type))) continue;
      const json = JSON.stringify(payloadOf(type, { t, host }, cells, known));
      moments.push({ t, event: { type, host, t, json }, place: { kind: 'rebuilt', t, part } });
    }
    if (isMeasured) moments.push({ t, event: null, place: { kind: 'rebuilt', t, part: lastPart } });
  }
  return moments;
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
