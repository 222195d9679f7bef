import { NextIntlClientProvider } from 'next-intl';
import { createRoot } from 'react-dom/client';
import { FrameContext, PlainFrame } from '@/components/charts/frame';
import { TimeSeries, type TimeSeriesProps } from '@/components/charts/live/time-series';
import { RechartsFrame } from '@/components/charts/recharts-frame';
import type { AnnotationLine, Threshold } from '@/lib/charts/annotation-lines';
import type { Series } from '@/lib/charts/series';
import type { TimeRange } from '@/lib/charts/time-axis';
import { LiveProvider } from '@/lib/client/react/hooks';
import { timelineOf } from '@/lib/client/store/timeline';
import { messages } from '@/lib/i18n/messages';
import { type Cpu, cpuSchema } from '@/lib/protocol/payloads';

/** Charts of an hour of history, as a page shows them that has marks, thresholds and a choice of a range. */
const to = Date.UTC(2026, 10, 23, 12);
const from = to - 3_600_000;
const nulls = Object.fromEntries(Object.keys(cpuSchema.shape).map((key) => [key, null]));
const row = (index: number): Cpu =>
  cpuSchema.parse({
    ...{ ...nulls, t: from + index * 1000, host: 'atlas', cores: [] },
    // One peak, a second wide, in an hour.
    userPercent: index === 1234 ? 97 : 20,
    // A gap of two minutes.
    systemPercent: index > 2400 && index < 2520 ? null : 10,
  });
const timeline = timelineOf(Array.from({ length: 3601 }, (_, index) => row(index)));

const series: readonly Series<'cpu'>[] = [
  { key: 'user', label: 'user', hue: 'var(--hue-cpu)', value: ({ userPercent }) => userPercent },
  { key: 'system', label: 'system', hue: 'var(--hue-system)', value: ({ systemPercent }) => systemPercent },
];
const thresholds: readonly Threshold[] = [
  { value: 80, label: 'busy', tone: 'warning' },
  { value: 95, label: 'full', tone: 'critical' },
];
const marks: readonly AnnotationLine[] = [
  { t: from + 900_000, label: 'atlas restarted', tone: 'info' },
  { t: from + 1_234_000, label: 'CPU is full', tone: 'critical' },
];
const percent = (value: number) => `${value} %`;

const facts = {
  ...{ host: 'atlas', os: null, kernel: null, cpuModel: null, cores: 1, memoryBytes: null },
  ...{ bootTime: null, container: null, scope: 'host' as const },
};
const chosen: TimeRange[] = [];
Object.assign(globalThis, { chosen });

const common: Omit<TimeSeriesProps<'cpu'>, 'label'> = {
  ...{ type: 'cpu', series, form: 'line', max: 100, formatTick: percent, gapMs: 2500 },
  ...{ domain: { from, to }, timeline, thresholds, marks, className: 'h-full' },
};

const box = { width: 620, height: 200 };

createRoot(document.querySelector('#page') as HTMLElement).render(
  <NextIntlClientProvider locale="en" messages={messages.en} timeZone="UTC">
    <LiveProvider initial={{ facts, intervalMs: 1000, serverTime: to, latest: {} }} types={['cpu']}>
      <FrameContext value={RechartsFrame}>
        <div style={box}>
          <TimeSeries {...common} label="Chosen" onSelect={(range) => chosen.push(range)} />
        </div>
      </FrameContext>
      <FrameContext value={PlainFrame}>
        <div style={box}>
          <TimeSeries {...common} label="Shown" />
        </div>
      </FrameContext>
    </LiveProvider>
  </NextIntlClientProvider>,
);
