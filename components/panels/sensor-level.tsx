'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReportedSensor, Sensor } from '@/lib/health/sensors';
import { formatMeasure } from '@/lib/i18n/quantity';
import { Bar } from '../ui/bar';
import { Figure } from '../ui/figure';

/** What has no limit of its own is drawn against these. */
const usualTop: Readonly<Partial<Record<Sensor['kind'], number>>> = {
  temperature: 100,
  humidity: 100,
  battery: 100,
};

export const hueOfKind: Readonly<Record<Sensor['kind'], string>> = {
  temperature: 'var(--hue-temperature)',
  fan: 'var(--hue-cpu)',
  voltage: 'var(--hue-iowait)',
  power: 'var(--hue-iowait)',
  humidity: 'var(--hue-cache)',
  battery: 'var(--hue-load)',
  custom: 'var(--hue-memory)',
};

/** A time that has passed, whole, by each unit. */
export const elapsedUnits = (ms: number) => ({
  hours: Math.floor(ms / 3_600_000),
  minutes: Math.floor(ms / 60_000),
  seconds: Math.floor(ms / 1000),
});

/** How near a sensor is to its limit: beyond `high` it is warm, beyond `critical` the chip protects itself. */
export function toneOf({ value, high, critical }: Sensor): 'calm' | 'high' | 'critical' {
  if (value === null) return 'calm';
  if (critical !== null && value >= critical) return 'critical';
  return high !== null && value >= high ? 'high' : 'calm';
}

const textTones = { calm: 'text-ink', high: 'text-warn', critical: 'text-bad' } as const;

export interface SensorLevelProps {
  readonly name: string;
  /** Shown after the name. */
  readonly aside?: string;
  readonly reported: ReportedSensor;
  /** How long ago it reported last, in ms, when it is overdue; else `null`. */
  readonly lateMs: number | null;
}

/** One sensor: its name, its value, and how far it is from its limits. */
export function SensorLevel({ name, aside, reported: { sensor }, lateMs }: SensorLevelProps) {
  const t = useTranslations('sensors');
  const locale = useLocale();
  const { kind, value, unit, high, critical } = sensor;
  const top = critical ?? (high === null ? usualTop[kind] : Math.max(usualTop[kind] ?? 0, high * 1.15));
  const hasBar = top !== undefined && top > 0;
  const tone = lateMs === null ? toneOf(sensor) : 'calm';
  const hue = tone === 'critical' ? 'var(--bad)' : tone === 'high' ? 'var(--warn)' : hueOfKind[kind];
  const measure = (at: number) => formatMeasure(at, unit, locale);
  const limits = [
    ...(high === null ? [] : [t('high', { figure: measure(high) })]),
    ...(critical === null ? [] : [t('critical', { figure: measure(critical) })]),
  ].join(' · ');

  return (
    <li className={`break-inside-avoid ${hasBar ? 'pb-1.5' : ''}`} title={limits === '' ? undefined : limits}>
      <p className="flex items-baseline gap-1.5 text-[0.8125rem] leading-6">
        <span className="min-w-0 truncate" title={sensor.label}>
          {name}
        </span>
        <span className="text-xs whitespace-nowrap text-soft">
          {lateMs === null ? aside : t('late', elapsedUnits(lateMs))}
        </span>
        <span className="sr-only">{limits}</span>
        <Figure
          unit="measure"
          className={`ml-auto font-semibold ${lateMs === null ? textTones[tone] : 'text-soft'}`}
        >
          {formatMeasure(value, unit, locale)}
        </Figure>
      </p>
      {hasBar && (
        <Bar
          percent={value === null ? null : (value / top) * 100}
          hue={lateMs === null ? hue : 'var(--faint)'}
          marks={[
            ...(high !== null && high < top ? [{ at: (high / top) * 100, hue: 'var(--warn)' }] : []),
            ...(critical !== null ? [{ at: 100, hue: 'var(--bad)' }] : []),
          ]}
        />
      )}
    </li>
  );
}
