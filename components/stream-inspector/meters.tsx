'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { latencyEdgesMs } from '@/lib/client/inspector/latencies';
import { meanOfNewest } from '@/lib/client/inspector/rates';
import { Card } from '../ui/card';
import { useSession, useTick } from './inspector-context';
import { bytesText, latencyText } from './number-text';

const meanSeconds = 5;

interface MeterProps {
  readonly title: string;
  readonly hint?: string;
  readonly figure: ReactNode;
  readonly note: ReactNode;
  readonly tone?: string;
  readonly children?: ReactNode;
  readonly className?: string;
}

function Meter({ title, hint, figure, note, tone = 'text-ink', children, className = '' }: MeterProps) {
  return (
    <Card
      aria-label={title}
      title={hint}
      className={`flex h-[4.25rem] min-w-0 gap-3 overflow-hidden px-2.5 py-1.5 sm:h-[4.75rem] sm:px-3 sm:py-2 ${className}`}
    >
      <div className={`flex min-w-0 flex-col ${children ? 'max-sm:flex-1 sm:w-28 sm:shrink-0' : 'flex-1'}`}>
        <h2 className="truncate text-xs text-soft">{title}</h2>
        <p className={`truncate text-lg leading-7 font-semibold ${tone}`}>{figure}</p>
        <p className="truncate text-[0.6875rem] leading-4 text-soft">{note}</p>
      </div>
      {children && (
        <div className="ml-auto hidden min-w-0 flex-1 items-end justify-end sm:flex">{children}</div>
      )}
    </Card>
  );
}

/** A bar for each second of the last minute. */
function Bars({ values, hue }: { readonly values: readonly number[]; readonly hue: string }) {
  const top = Math.max(1, ...values);
  const path = values
    .map((value, index) => (value > 0 ? `M${index + 0.5} 40V${40 - Math.max(1.5, (38 * value) / top)}` : ''))
    .join('');
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${values.length} 40`}
      preserveAspectRatio="none"
      className="h-full w-full max-w-48"
    >
      <path d={path} stroke={hue} strokeWidth={0.72} fill="none" />
    </svg>
  );
}

function Histogram({ counts }: { readonly counts: readonly number[] }) {
  const t = useTranslations('stream.meter');
  const locale = useLocale();
  const top = Math.max(1, ...counts);
  const edge = (index: number) =>
    index < 0 ? '0' : index < latencyEdgesMs.length ? latencyText(latencyEdgesMs[index] ?? 0, locale) : '∞';
  return (
    <div className="flex h-full w-full max-w-56 items-end gap-px">
      {counts.map((count, index) => (
        <div
          key={latencyEdgesMs[index] ?? 'more'}
          title={t('bar', { from: edge(index - 1), to: edge(index), count })}
          className="flex h-full flex-1 items-end rounded-sm bg-raised"
        >
          <div
            className="h-full w-full origin-bottom rounded-sm bg-memory"
            style={{ transform: `scaleY(${count === 0 ? 0 : Math.max(0.05, count / top)})` }}
          />
        </div>
      ))}
    </div>
  );
}

/** The stream in figures; twice a second is as fast as one can read. */
export function Meters() {
  const t = useTranslations('stream.meter');
  const locale = useLocale();
  const session = useSession();
  useTick(500);
  // The server has no clock to show rates by, and no stream.
  const now = typeof window === 'undefined' ? 0 : performance.now();
  const { events, bytes } = session.rates.read(now);
  const { counts, p50Ms, p95Ms } = session.latencies.summary();
  const { inARow, faults, announced } = session.ids;
  const duration = (ms: number | null) => (ms === null ? '–' : latencyText(ms, locale));
  const idNote = [
    faults > 0 ? t('faults', { count: faults }) : inARow > 0 ? t('inARow', { count: inARow }) : t('first'),
    announced > 0 ? t('announced', { count: announced }) : null,
  ].filter((text) => text !== null);

  const { reconnects, lastOutageMs } = session;

  return (
    <div className="grid grid-cols-6 gap-1.5 sm:gap-2 xl:grid-cols-[1fr_1fr_1.3fr_1.2fr_0.9fr]">
      <Meter
        title={t('events')}
        figure={meanOfNewest(events, meanSeconds).toLocaleString(locale, { maximumFractionDigits: 1 })}
        note={t('last', { seconds: meanSeconds })}
        className="col-span-2 xl:col-span-1"
      >
        <Bars values={events} hue="var(--hue-cpu)" />
      </Meter>
      <Meter
        title={t('bytes')}
        figure={bytesText(meanOfNewest(bytes, meanSeconds), locale)}
        note={t('last', { seconds: meanSeconds })}
        className="col-span-2 xl:col-span-1"
      >
        <Bars values={bytes} hue="var(--hue-cache)" />
      </Meter>
      <Meter
        title={t('latency')}
        hint={t('latencyHint')}
        figure={duration(p50Ms)}
        note={t('p95', { value: duration(p95Ms) })}
        className="col-span-2 xl:col-span-1"
      >
        <Histogram counts={counts} />
      </Meter>
      <Meter
        title={t('ids')}
        figure={<span className="font-mono text-base">{session.lastEventId || '–'}</span>}
        note={
          <span className={faults > 0 ? 'text-bad' : inARow > 0 ? 'text-good' : ''}>
            {idNote.join(' · ')}
          </span>
        }
        className="col-span-4 sm:col-span-3 xl:col-span-1"
      />
      <Meter
        title={t('reconnects')}
        figure={reconnects}
        note={
          lastOutageMs === null ? t('none') : t('outage', { duration: latencyText(lastOutageMs, locale) })
        }
        className="col-span-2 sm:col-span-3 xl:col-span-1"
      />
    </div>
  );
}
