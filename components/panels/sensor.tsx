'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useContext, useMemo } from 'react';
import type { Threshold } from '@/lib/charts/annotation-lines';
import type { Series } from '@/lib/charts/series';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { timelineOf } from '@/lib/client/store/timeline';
import {
  gapMsOfSensor,
  heldValues,
  isOfSensor,
  type ReportedSensor,
  type Sensor,
} from '@/lib/health/sensors';
import { formatMeasure } from '@/lib/i18n/quantity';
import type { SensorData } from '@/lib/protocol/payloads';
import { TimeSeries } from '../charts/live/time-series';
import { TimeViewContext } from '../charts/time-view';
import { EmptyState } from '../ui/empty-state';
import { Panel } from '../ui/panel';
import { SensorHint } from './sensor-hint';
import { elapsedUnits, hueOfKind } from './sensor-level';
import { useReportedSensors } from './use-reported-sensors';

interface MeasureProps {
  readonly reported: ReportedSensor;
  readonly gapMs: number;
}

/** One thing that a sensor measures, over time, on an axis of its own. */
function Measure({ reported, gapMs }: MeasureProps) {
  const { sensor } = reported;
  const t = useTranslations('sensors.limit');
  const locale = useLocale();
  const { id, kind, label, unit, high, critical } = sensor;
  const series = useMemo<readonly Series<'sensor-data'>[]>(() => {
    const of = (row: SensorData) => row.sensors.find((one: Sensor) => one.id === id && one.kind === kind);
    const carries = (row: SensorData) => of(row) !== undefined;
    return [{ key: id, label, hue: hueOfKind[kind], value: (row) => of(row)?.value ?? null, carries }];
  }, [id, kind, label]);
  const store = useLiveStore();
  const isPast = (useContext(TimeViewContext)?.past ?? null) !== null;
  const revision = useLive((live) => live.table('sensor-data').revision);
  const sensors = useLive((live) => live.sensors());
  // biome-ignore lint/correctness/useExhaustiveDependencies: the table is the same object while its rows change.
  const held = useMemo(() => {
    const word = sensors.find(({ key }) => key === reported.key);
    if (isPast || !word) return null;
    const found = heldValues(store.table('sensor-data').rows, word, store.gapMsOf('sensor-data'));
    return found && { timeline: timelineOf(found.rows), gapMs: found.gapMs };
  }, [store, isPast, sensors, revision, reported.key]);
  const tick = useCallback((at: number) => formatMeasure(at, unit, locale), [unit, locale]);
  const thresholds = useMemo<readonly Threshold[]>(
    () => [
      ...(high === null ? [] : [{ value: high, label: t('high'), tone: 'warning' as const }]),
      ...(critical === null ? [] : [{ value: critical, label: t('critical'), tone: 'critical' as const }]),
    ],
    [high, critical, t],
  );
  return (
    <TimeSeries
      type="sensor-data"
      series={series}
      form="line"
      max="around"
      valueMax={unit === '%' ? 100 : undefined}
      gapMs={held?.gapMs ?? gapMs}
      {...(held ? { timeline: held.timeline } : {})}
      formatTick={tick}
      label={label}
      thresholds={thresholds}
      className="sensor-measure min-h-0 flex-1"
    />
  );
}

/** One sensor of the kernel or of a publisher, alone in its frame. */
export function SensorPanel({ id }: { readonly id: string }) {
  const t = useTranslations();
  const locale = useLocale();
  const store = useLiveStore();
  const gapMs = useLive((live) =>
    gapMsOfSensor(live.table('sensor-data').rows, id, live.gapMsOf('sensor-data')),
  );
  const { all, lateMs } = useReportedSensors();
  const measures = all.filter(({ sensor }) => isOfSensor(sensor, id));
  const [first] = measures;
  if (!first)
    return (
      <Panel title={id} bare>
        <EmptyState hint={<SensorHint id={id} />}>{t('sensors.unheard', { id })}</EmptyState>
      </Panel>
    );
  const late = lateMs(first);
  const figures = measures
    .map(({ sensor: { value, unit } }) => formatMeasure(value, unit, locale))
    .join(' · ');
  return (
    <Panel
      title={first.sensor.id === id ? first.sensor.label : id}
      figure={figures}
      note={late === null ? store.facts.host : t('sensors.late', elapsedUnits(late))}
      bare
    >
      <div className="flex h-full flex-col">
        {measures.map((reported) => (
          <Measure key={reported.key} reported={reported} gapMs={gapMs} />
        ))}
      </div>
    </Panel>
  );
}
