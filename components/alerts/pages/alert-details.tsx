'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect } from 'react';
import { useAlerts } from '@/lib/client/react/alerts';
import type { Alert, AlertState, Rule, Silence } from '@/lib/protocol/alerting';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card, TitledCard } from '../../ui/card';
import { Problem } from '../../ui/problem';
import { TextLink } from '../../ui/text-link';
import { Timestamp } from '../../ui/timestamp';
import { useRefresh } from '../../ui/use-refresh';
import { useAlertText } from '../alert-text';
import { useMetricLimit, useMetricName, useMetricValue } from '../metric-name';
import { SeverityIcon, toneOf, toneText } from '../severity';
import { useDuration } from '../use-duration';
import { useNow } from '../use-now';
import { AlertChart } from './alert-chart';
import { SilenceMenu } from './silence-menu';
import { Timeline } from './timeline';
import { TopConsumers } from './top-consumers';
import { useAct } from './use-act';

export interface AlertDetailsProps {
  readonly alert: Alert;
  readonly rule: Rule | null;
  readonly steps: readonly { readonly t: number; readonly state: AlertState }[];
  readonly silences: readonly { readonly silence: Silence; readonly until: number | null }[];
  readonly at: number;
}

/** One alert with its chart, top consumers, timeline and actions. */
export function AlertDetails({ alert: given, rule, steps, silences, at }: AlertDetailsProps) {
  const t = useTranslations('alertPages');
  const a = useTranslations('alerts');
  const refresh = useRefresh();
  const words = useAlertText();
  const metricName = useMetricName();
  const value = useMetricValue();
  const limit = useMetricLimit();
  const duration = useDuration();
  const now = useNow();
  const { act, isBusy, problem } = useAct();
  const live = useAlerts().find(({ alertId }) => alertId === given.alertId);
  const alert = live && live.changedAt >= given.changedAt && given.state !== 'resolved' ? live : given;
  const { alertId, state, severity, metric, since, changedAt, acknowledgedAt, silencedUntil } = alert;
  const isOver = state === 'resolved';

  // The timeline comes from the server.
  useEffect(() => {
    if (state !== given.state) refresh();
  }, [state, given.state, refresh]);

  const path = `/api/alerts/${encodeURIComponent(alertId)}`;
  const silence = (ms: number) =>
    act('POST', '/api/alerts/silences', {
      matcher: { ruleId: alert.ruleId, metric, host: alert.host },
      to: Math.round(now + ms),
      comment: words.name(alert),
    });
  // Only a silence of this alert alone ends here; wider ones have a page of their own.
  const own = silences.filter(
    ({ silence: one, until }) => 'to' in one && until !== null && one.matcher.metric === metric,
  );
  const facts: readonly (readonly [string, ReactNode])[] = [
    [isOver ? t('valueThen') : t('value'), value(metric, alert.value)],
    [
      t('threshold'),
      alert.threshold === null
        ? rule?.comparison === 'above'
          ? t('ownLimit')
          : '–'
        : limit(metric, alert.threshold),
    ],
    [t('began'), <Timestamp key="began" t={since} />],
    [t('lasted'), duration((isOver ? changedAt : now) - since)],
    [
      t('metric'),
      <span key="metric" title={metric}>
        {metricName(metric)}
      </span>,
    ],
    [t('host'), alert.host],
  ];
  const tone = toneOf(alert);
  return (
    <>
      <header className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-1 basis-80 items-start gap-3">
          <SeverityIcon tone={tone} className="mt-0.5 size-7" />
          <div className="min-w-0">
            <h1 className="text-xl leading-8 font-semibold [overflow-wrap:anywhere]">{words.name(alert)}</h1>
            <p className="text-[0.8125rem] leading-5 text-soft [overflow-wrap:anywhere]">
              <b className={`font-semibold ${toneText[tone]}`} data-testid="alert-state">
                {a(`state.${state}`)}
              </b>
              {` · ${a(`severity.${severity}`)} · ${words.text(alert)}`}
            </p>
            <p className="mt-1 flex min-h-5 flex-wrap gap-1.5">
              {acknowledgedAt !== null && <Badge tone="quiet">{a('acknowledged')}</Badge>}
              {silencedUntil !== null && <Badge tone="quiet">{a('silenced')}</Badge>}
              {alert.condition?.flapping && <Badge tone="warn">{a('flapping')}</Badge>}
            </p>
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {!isOver &&
            (own.length > 0 ? (
              <Button
                disabled={isBusy}
                onClick={() => {
                  for (const { silence: one } of own) void act('DELETE', `/api/alerts/silences/${one.id}`);
                }}
              >
                {t('endSilence')}
              </Button>
            ) : (
              <SilenceMenu isBusy={isBusy} onSilence={silence} />
            ))}
          {!isOver && (
            <Button
              variant="primary"
              disabled={isBusy || acknowledgedAt !== null}
              onClick={() => act('POST', `${path}/acknowledge`)}
            >
              {acknowledgedAt === null ? a('ack') : t('acknowledgedAt')}
            </Button>
          )}
        </div>
      </header>
      <Problem>{problem}</Problem>
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid content-start gap-3">
          <TitledCard title={t('chart')}>
            {/* A summary is about many metrics. */}
            {alert.condition?.more === undefined && (
              <AlertChart alert={alert} rule={rule} steps={steps} at={at} />
            )}
          </TitledCard>
          <TitledCard title={t('culprits')} note={t('culpritsNote')}>
            <TopConsumers processes={alert.culprits.length > 0 ? alert.culprits : given.culprits} />
          </TitledCard>
        </div>
        <div className="grid content-start gap-3">
          <Card className="p-4">
            <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 text-[0.8125rem] leading-7">
              {facts.map(([name, text]) => (
                <div key={name} className="col-span-2 grid grid-cols-subgrid border-line not-first:border-t">
                  <dt className="text-soft">{name}</dt>
                  <dd className="truncate text-right">{text}</dd>
                </div>
              ))}
            </dl>
            {rule && (
              <TextLink
                href={`/alerts/rules/${encodeURIComponent(rule.id)}`}
                className="mt-2 inline-block text-[0.8125rem] text-cpu"
              >
                {t('editRule')}
              </TextLink>
            )}
          </Card>
          <TitledCard title={t('timeline')}>
            <Timeline alert={alert} steps={steps} silences={silences} />
          </TitledCard>
        </div>
      </div>
    </>
  );
}
