import { NextIntlClientProvider } from 'next-intl';
import { createRoot } from 'react-dom/client';
import { FrameContext } from '@/components/charts/frame';
import { TimeSeries } from '@/components/charts/live/time-series';
import { RechartsFrame } from '@/components/charts/recharts-frame';
import type { Series } from '@/lib/charts/series';
import { LiveProvider } from '@/lib/client/react/hooks';
import { messages } from '@/lib/i18n/messages';
import type { Cpu } from '@/lib/protocol/payloads';
import { charts, sample, tickMs, timeOf } from './samples';

/** Says what a server says: a greeting, the past, then at each tick what came since. */
class SaidFeed extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 1;
  onerror = null;
  private count = 0;

  constructor() {
    super();
    const nulls = { load1: null, load5: null, load15: null, frequencyMHz: null, totalPercent: null };
    const say = (type: string, data: unknown, id = '') =>
      this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId: id }));
    const catchUp = () => {
      for (; timeOf(this.count) <= Date.now(); this.count += 1) {
        const t = timeOf(this.count);
        const cores = Array.from({ length: charts }, (_, chart) => sample(chart, this.count));
        say('cpu', { t, host: 'bench', cores, ...nulls }, `bench-${this.count + 1}`);
      }
    };
    setTimeout(() => {
      say('hello', { log: 'bench', version: '1', serverTime: Date.now(), intervalMs: tickMs, hosts: [] });
      catchUp();
      setInterval(catchUp, tickMs);
    }, 200);
  }

  close() {}
}
globalThis.EventSource = SaidFeed as unknown as typeof EventSource;
Reflect.deleteProperty(globalThis, 'SharedWorker');

const facts = {
  ...{ host: 'bench', os: null, kernel: null, cpuModel: null, cores: charts, memoryBytes: null },
  ...{ bootTime: null, container: null, scope: 'host' as const },
};
const initial = { facts, intervalMs: tickMs, serverTime: Date.now(), latest: {} };
const percent = (value: number) => `${Math.round(value)} %`;

const all = Array.from({ length: charts }, (_, chart): readonly Series<'cpu'>[] => [
  {
    key: 'core',
    label: `core ${chart}`,
    hue: 'var(--hue-cpu)',
    value: (row: Cpu) => row.cores[chart] ?? null,
  },
]);

createRoot(document.querySelector('#page') as HTMLElement).render(
  <NextIntlClientProvider locale="en" messages={messages.en} timeZone="UTC">
    <LiveProvider initial={initial} types={['cpu']}>
      <FrameContext value={RechartsFrame}>
        <div
          style={{
            display: 'grid',
            gridTemplateColumns: 'repeat(4, 340px)',
            gridAutoRows: 190,
            gap: 12,
            padding: 12,
          }}
        >
          {all.map((series, chart) => (
            <TimeSeries
              key={series[0]?.label}
              type="cpu"
              series={series}
              form="line"
              max={100}
              formatTick={percent}
              label={`Core ${chart}`}
              className="h-full"
            />
          ))}
        </div>
      </FrameContext>
    </LiveProvider>
  </NextIntlClientProvider>,
);
