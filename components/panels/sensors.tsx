'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback, useMemo, useState } from 'react';
import type { Threshold } from '@/lib/charts/annotation-lines';
import type { Series } from '@/lib/charts/series';
import { useLiveStore } from '@/lib/client/react/hooks';
import { type Family, families, type Sensor } from '@/lib/health/sensors';
import { temperatureLimits } from '@/lib/health/temperature-limits';
import { formatMeasure, formatQuantity, formatTick } from '@/lib/i18n/quantity';
import type { SensorData } from '@/lib/protocol/payloads';
import { Legend, rowAt } from '../charts/live/legend';
import { TimeSeries } from '../charts/live/time-series';
import { EmptyState } from '../ui/empty-state';
import { Figure } from '../ui/figure';
import { MoreButton } from '../ui/more-button';
import { Panel } from '../ui/panel';
import type { EmbeddableProps } from './embeddable';
import { SensorHint } from './sensor-hint';
import { hueOfKind, SensorLevel } from './sensor-level';
import { useReportedSensors } from './use-reported-sensors';

const kinds = ['temperature', 'fan', 'power', 'battery', 'humidity', 'voltage', 'custom'] as const;
const shownOfKind = 8;
const axisTopMin = 60;
const chartHues = [
  'var(--hue-temperature)',
  'var(--hue-system)',
  'var(--hue-cpu)',
  'var(--hue-iowait)',
] as const;

const measured = (row: SensorData, { id, kind }: Sensor) =>
  row.sensors.find((sensor) => sensor.id === id && sensor.kind === kind)?.value ?? null;
const isAbout = (row: SensorData, { id, kind }: Sensor) =>
  row.sensors.some((sensor) => sensor.id === id && sensor.kind === kind);

interface Temperatures {
  readonly drawn: readonly Family[];
  readonly series: readonly Series<'sensor-data'>[];
}

/** The hottest things as series: one of each family. They change only when the machine gets other sensors. */
function useTemperatures(all: readonly Family[]): Temperatures {
  const temperatures = all.filter(({ highest }) => highest.sensor.kind === 'temperature');
  const value = ({ highest }: Family) => highest.sensor.value ?? 0;
  const names = temperatures.map(({ key }) => key).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: chosen once for the sensors that there are.
  return useMemo(() => {
    const byHeat = [...temperatures].sort((a, b) => value(b) - value(a));
    const hottest = new Set(byHeat.slice(0, chartHues.length).map(({ key }) => key));
    const drawn = temperatures.filter(({ key }) => hottest.has(key));
    const series = drawn.map((family, index) => {
      const sensors = family.members.map(({ sensor }) => sensor);
      const highest = (row: SensorData) =>
        sensors.reduce<number | null>((high, sensor) => {
          const value = measured(row, sensor);
          return value === null ? high : Math.max(high ?? value, value);
        }, null);
      return {
        key: family.key,
        label: family.name,
        hue: chartHues[index] ?? '',
        value: highest,
        carries: (row: SensorData) => sensors.some((sensor) => isAbout(row, sensor)),
      };
    });
    return { drawn, series };
  }, [names]);
}

/** Temperatures against their limits, fans, power, batteries and what programs publish, by kind. */
export function SensorsPanel({ bare = false, className = '' }: EmbeddableProps) {
  const t = useTranslations();
  const locale = useLocale();
  const store = useLiveStore();
  const { all, lateMs } = useReportedSensors();
  const [open, setOpen] = useState(false);
  const grouped = useMemo(() => families(all), [all]);
  const { drawn, series } = useTemperatures(grouped);
  const tick = useCallback((value: number) => formatTick(value, 'celsius', locale), [locale]);
  const full = useCallback((value: number) => formatQuantity(value, 'celsius', locale), [locale]);
  const thresholds = useMemo<readonly Threshold[]>(
    () =>
      temperatureLimits(drawn).map(({ value, severity, names }) => ({
        value,
        tone: severity,
        label: `${names.join(', ')}: ${t(severity === 'warning' ? 'sensors.high' : 'sensors.critical', { figure: full(value) })}`,
      })),
    [drawn, full, t],
  );

  if (all.length === 0)
    return (
      <Panel title={t('panel.sensors')} bare={bare} className={className}>
        <EmptyState hint={<SensorHint id="greenhouse" />}>{t('sensors.none')}</EmptyState>
      </Panel>
    );

  const hottest = all
    .filter(({ sensor }) => sensor.kind === 'temperature' && sensor.value !== null)
    .reduce((high, { sensor }) => Math.max(high, sensor.value ?? high), Number.NEGATIVE_INFINITY);
  const first = series[0];
  const describe = (agoMs: number) => {
    const row = rowAt(store, 'sensor-data', agoMs || null);
    return formatQuantity(row && first ? first.value(row) : null, 'celsius', locale);
  };
  const groups = kinds.flatMap((kind) => {
    const of = open
      ? all
          .filter(({ sensor }) => sensor.kind === kind)
          .map((highest): Family => ({ key: highest.key, name: highest.sensor.label, members: [], highest }))
      : grouped.filter(({ highest }) => highest.sensor.kind === kind).slice(0, shownOfKind);
    return of.length === 0 ? [] : [{ kind, of }];
  });
  const shown = groups.reduce((sum, { of }) => sum + of.length, 0);
  const foldable = open || shown < all.length;

  return (
    <Panel
      title={t('panel.sensors')}
      note={
        Number.isFinite(hottest)
          ? t.rich('sensors.hottest', {
              value: formatMeasure(hottest, '°C', locale),
              figure: (text) => <Figure unit="celsius">{text}</Figure>,
            })
          : ''
      }
      figure={Number.isFinite(hottest) ? formatMeasure(hottest, '°C', locale) : ''}
      legend={series.length > 0 ? <Legend type="sensor-data" series={series} unit="celsius" /> : null}
      bare={bare}
      className={className}
    >
      <div className="@container h-full">
        <div
          className={`grid h-full gap-x-6 gap-y-3 ${series.length > 0 ? '@min-[46rem]:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]' : ''} ${bare ? 'grid-rows-[minmax(0,1fr)]' : ''}`}
        >
          {series.length > 0 && (
            <TimeSeries
              type="sensor-data"
              series={series}
              form="line"
              max="auto"
              topMin={axisTopMin}
              thresholds={thresholds}
              formatTick={tick}
              formatValue={full}
              label={t('sensors.temperatures')}
              describe={describe}
              className={bare ? 'h-full' : 'h-full min-h-44'}
            />
          )}
          <div className={bare ? 'embed-extra scrolling' : ''}>
            <div className="columns-[13rem] gap-x-6">
              {groups.map(({ kind, of }) => (
                <div key={kind} className="pb-2">
                  <h3 className="flex break-after-avoid items-center gap-1.5 text-xs leading-6 text-soft">
                    <span
                      aria-hidden="true"
                      className="size-2 rounded-full"
                      style={{ background: hueOfKind[kind] }}
                    />
                    {t(`sensors.kind.${kind}`)}
                  </h3>
                  <ul>
                    {of.map(({ key, name, members, highest }) => (
                      <SensorLevel
                        key={key}
                        name={name}
                        aside={members.length > 1 ? t('sensors.highestOf', { count: members.length }) : ''}
                        reported={highest}
                        lateMs={lateMs(highest)}
                      />
                    ))}
                  </ul>
                </div>
              ))}
            </div>
            {foldable && <MoreButton count={all.length} open={open} onToggle={() => setOpen(!open)} />}
          </div>
        </div>
      </div>
    </Panel>
  );
}
