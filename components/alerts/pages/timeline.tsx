'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { Alert, AlertState, Silence } from '@/lib/protocol/alerting';
import { Timestamp, timestampText } from '../../ui/timestamp';
import { useHydrated } from '../../ui/use-hydrated';
import { type AlertTone, SeverityIcon } from '../severity';

export interface TimelineProps {
  readonly alert: Alert;
  readonly steps: readonly { readonly t: number; readonly state: AlertState }[];
  readonly silences: readonly { readonly silence: Silence; readonly until: number | null }[];
}

interface Entry {
  readonly key: string;
  readonly t: number;
  readonly tone: AlertTone;
  readonly text: string;
  readonly note?: string;
}

/** The transitions of an alert, its acknowledgement and silences, the oldest first. */
export function Timeline({ alert, steps, silences }: TimelineProps) {
  const t = useTranslations('alertPages');
  const locale = useLocale();
  const isHydrated = useHydrated();
  const when = (at: number) => (isHydrated ? timestampText(at, locale, false) : '');
  const entries: Entry[] = [
    ...steps.map(({ t: at, state }) => ({
      key: `${state}-${at}`,
      t: at,
      tone: state === 'firing' ? alert.severity : state,
      text: t(`event.${state}`),
    })),
    ...(alert.acknowledgedAt === null
      ? []
      : [
          {
            key: 'acknowledged',
            t: alert.acknowledgedAt,
            tone: 'info' as const,
            text: t('event.acknowledged'),
          },
        ]),
    ...silences.map(({ silence, until }) => ({
      key: silence.id,
      t: 'from' in silence ? Math.max(silence.from, alert.since) : alert.since,
      tone: 'info' as const,
      text: t('event.silenced', { until: when(until ?? ('to' in silence ? silence.to : alert.changedAt)) }),
      note: silence.comment,
    })),
  ];
  return (
    <ol className="grid gap-2.5" data-testid="timeline">
      {entries
        .sort((one, other) => one.t - other.t)
        .map(({ key, t: at, tone, text, note }) => (
          <li key={key} className="flex items-start gap-2.5 text-[0.8125rem] leading-5">
            <SeverityIcon tone={tone} className="mt-0.5 size-4" />
            <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {text}
              {note && <span className="block text-xs text-soft">{note}</span>}
            </span>
            <Timestamp t={at} className="shrink-0 text-xs leading-5 text-soft" />
          </li>
        ))}
    </ol>
  );
}
