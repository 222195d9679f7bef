import type { SampleType } from '@/lib/protocol/event-types';

/** What a metric's name says: the field of which item of which event. */
export interface MetricPart {
  readonly type: SampleType;
  /** `null` for a field of the event itself. */
  readonly item: string | null;
  readonly field: string;
}

/** Names of items may hold dots; fields hold none. */
const ofItem = /^(pressure|network|disk|filesystem|containers|sensor)\.(.+)\.(\w+)$/;
const ofCore = /^cpu\.core(\d{1,4})\.percent$/;
const ofEvent = /^(cpu|memory|processes)\.(\w+)$/;

/** `null` for what no sample has a place for. */
export function partOf(metric: string): MetricPart | null {
  const [, type, item, field] = ofItem.exec(metric) ?? [];
  if (type && item && field)
    return { type: type === 'sensor' ? 'sensor-data' : (type as SampleType), item, field };
  const core = ofCore.exec(metric)?.[1];
  if (core) return { type: 'cpu', item: core, field: 'percent' };
  const [, event, plain] = ofEvent.exec(metric) ?? [];
  return event && plain ? { type: event as SampleType, item: null, field: plain } : null;
}
