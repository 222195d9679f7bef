'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import type { Rule, Silence } from '@/lib/protocol/alerting';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Problem } from '../../ui/problem';
import { timestampText } from '../../ui/timestamp';
import { useHydrated } from '../../ui/use-hydrated';
import { useAlertText } from '../alert-text';
import { useMetricName } from '../metric-name';
import { useDuration } from '../use-duration';
import { useNow } from '../use-now';
import { SilenceForm } from './silence-form';
import { useAct } from './use-act';

export interface ListedSilence {
  readonly silence: Silence;
  /** Unix ms; `null` while it is not active. */
  readonly until: number | null;
  /** The next start of a recurring one, Unix ms. */
  readonly next: number | null;
}

export interface SilenceListProps {
  readonly silences: readonly ListedSilence[];
  readonly rules: readonly Rule[];
}

type SilencePhase = 'now' | 'later' | 'over' | 'recurring';
const rank: readonly SilencePhase[] = ['now', 'later', 'recurring', 'over'];

function phaseOf({ silence, until }: ListedSilence, now: number): SilencePhase {
  if ('cron' in silence) return until !== null && until > now ? 'now' : 'recurring';
  if (silence.to <= now) return 'over';
  return silence.from <= now ? 'now' : 'later';
}

/** All silences with their matchers, times and comments, and the form for a new one. */
export function SilenceList({ silences, rules }: SilenceListProps) {
  const t = useTranslations('silences');
  const severity = useTranslations('alerts.severity');
  const locale = useLocale();
  const isHydrated = useHydrated();
  const words = useAlertText();
  const metricName = useMetricName();
  const duration = useDuration();
  const now = useNow(5_000);
  const acting = useAct();
  const [isOpen, setIsOpen] = useState(false);
  const at = (moment: number) => (isHydrated ? timestampText(moment, locale, false) : '…');

  const about = ({ matcher }: Silence) => {
    const rule = rules.find(({ id }) => id === matcher.ruleId);
    const parts = [
      matcher.ruleId === undefined
        ? null
        : rule
          ? words.name({ name: rule.name, ruleId: rule.id })
          : matcher.ruleId,
      matcher.metric === undefined ? null : metricName(matcher.metric),
      matcher.severity === undefined ? null : severity(matcher.severity),
    ].filter((part) => part !== null);
    return parts.length === 0 ? t('all') : parts.join(' · ');
  };
  const when = ({ silence, until, next }: ListedSilence, phase: SilencePhase) => {
    if ('cron' in silence) {
      const each = t('cronFor', { cron: silence.cron, duration: duration(silence.durationSeconds * 1000) });
      const more =
        phase === 'now' && until !== null
          ? t('untilAt', { until: at(until) })
          : next === null
            ? null
            : t('next', { at: at(next) });
      return [each, more].filter(Boolean).join(' · ');
    }
    return phase === 'now'
      ? t('untilAt', { until: at(silence.to) })
      : t('fromTo', { from: at(silence.from), to: at(silence.to) });
  };

  const listed = silences
    .map((one) => ({ ...one, phase: phaseOf(one, now) }))
    .sort((one, other) => rank.indexOf(one.phase) - rank.indexOf(other.phase));
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-lg font-semibold">{t('title')}</h1>
          <p className="text-[0.8125rem] text-soft">{t('lead')}</p>
        </div>
        {!isOpen && (
          <Button variant="primary" onClick={() => setIsOpen(true)}>
            {t('new')}
          </Button>
        )}
      </header>
      {isOpen && <SilenceForm rules={rules} acting={acting} onDone={() => setIsOpen(false)} />}
      {!isOpen && <Problem>{acting.problem}</Problem>}
      <Card aria-label={t('title')} className="px-4 py-1">
        {listed.length === 0 && (
          <EmptyState hint={<span className="text-xs">{t('noneHint')}</span>}>{t('none')}</EmptyState>
        )}
        <ul>
          {listed.map(({ phase, ...one }) => {
            const { silence } = one;
            const name = about(silence);
            const ends = phase === 'now' && !('cron' in silence);
            return (
              <li
                key={silence.id}
                data-phase={phase}
                className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-line py-2.5 text-[0.8125rem] leading-5 not-first:border-t"
              >
                <div className="min-w-0 flex-[1_1_16rem]">
                  <p className="flex flex-wrap items-baseline gap-x-2">
                    <b
                      className={`font-semibold [overflow-wrap:anywhere] ${phase === 'over' ? 'text-soft' : ''}`}
                    >
                      {name}
                    </b>
                    <Badge tone={phase === 'now' ? 'warn' : 'quiet'}>{t(phase)}</Badge>
                  </p>
                  <p className="text-xs leading-5 text-soft">{when(one, phase)}</p>
                  {silence.comment && (
                    <p className="text-xs leading-5 text-soft [overflow-wrap:anywhere]">{silence.comment}</p>
                  )}
                </div>
                <Button
                  disabled={acting.isBusy}
                  aria-label={t(ends ? 'endNamed' : 'deleteNamed', { name })}
                  onClick={() =>
                    acting.act('DELETE', `/api/alerts/silences/${encodeURIComponent(silence.id)}`)
                  }
                >
                  {t(ends ? 'end' : 'delete')}
                </Button>
              </li>
            );
          })}
        </ul>
      </Card>
    </>
  );
}
