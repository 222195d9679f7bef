'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import type { LiveStore } from '@/lib/client/store/store';
import { hottestSensor } from '@/lib/health/key-figures';
import { formatQuantity } from '@/lib/i18n/quantity';
import type { SensorData } from '@/lib/protocol/payloads';
import { Tile } from './tile';

/** A sensor that has been silent for longer is not the hottest of now. */
const staleMs = 30_000;

function hottestOf(store: LiveStore) {
  const since = store.hostNow() - staleMs;
  return hottestSensor(store.sensors().filter(({ t }) => t > since));
}

/** Whether there has been a temperature. Once there was, the tile stays. */
export function useHasTemperature(): boolean {
  return useLive((store) => store.sensors().some(({ sensor }) => sensor.kind === 'temperature'));
}

/** The highest temperature of all sensors, and whose it is. */
export function HottestTile() {
  const t = useTranslations('tile');
  const locale = useLocale();
  // One string each: values read from the store are compared by identity.
  const [id = '', label = ''] = useLive((store) => {
    const hottest = hottestOf(store)?.item.sensor;
    return hottest ? `${hottest.id}\n${hottest.label}` : '';
  }).split('\n');
  const figure = useLive((store) => hottestOf(store)?.value ?? null);
  const value = useCallback(
    ({ sensors }: SensorData) =>
      sensors.find((sensor) => sensor.id === id && sensor.kind === 'temperature')?.value ?? null,
    [id],
  );
  return (
    <Tile
      label={t('temperature')}
      figure={formatQuantity(figure, 'celsius', locale)}
      aside={label}
      place="sensors"
      type="sensor-data"
      value={value}
      hue="var(--hue-temperature)"
      max={100}
    />
  );
}
