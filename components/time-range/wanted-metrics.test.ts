import { expect, test } from 'vitest';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { SampleType } from '@/lib/protocol/event-types';
import { wantedMetrics } from './wanted-metrics';

const samples: { readonly [T in SampleType]?: object } = {
  cpu: { t: 1, totalPercent: 1, load15: 1, frequencyMHz: 3, cores: [1, 2] },
  network: {
    interfaces: Array.from({ length: 300 }, (_, index) => ({
      name: `veth${index}`,
      rxBytesPerSecond: 1,
      rxErrorsPerSecond: 1,
    })),
  },
};
const store = {
  last: (type: SampleType) => samples[type] ?? null,
  sensors: () => [{ sensor: { id: 'attic', kind: 'temperature' } }],
} as unknown as DisplayStore;

test('metrics are drawn or shown of the types that the page shows, and of no other', () => {
  expect(wantedMetrics(store, ['cpu'])).toEqual({
    drawn: ['cpu.totalPercent', 'cpu.load15'],
    shown: ['cpu.frequencyMHz', 'cpu.core0.percent', 'cpu.core1.percent'],
  });
});

test('hundreds of devices do not crowd out the sensors, and not all of their metrics are requested', () => {
  const { drawn } = wantedMetrics(store, ['network', 'sensor-data']);
  expect(drawn).toHaveLength(97);
  expect(drawn.at(-1)).toBe('sensor.attic.temperature');
  expect(drawn.every((metric) => !metric.includes('Errors'))).toBe(true);
});
