'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { request } from '@/lib/client/http';
import { useAlertSync, useAlerts, useAlertsWithoutRule } from '@/lib/client/react/alerts';
import type { Alert, Severity } from '@/lib/protocol/alerting';
import { Button, TextButton } from '../../ui/button';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Input } from '../../ui/input';
import { Problem } from '../../ui/problem';
import { activeFirst } from '../active-alerts';
import { AlertLine } from '../alert-line';
import { useAlertText } from '../alert-text';
import { AllWell } from '../all-well';
import { RulelessAlertLine } from '../ruleless-alert-line';
import { SeverityChips } from '../severity-chips';
import { useAct } from './use-act';

export interface AlertListProps {
  /** The latest that ended, the newest first. */
  readonly past: readonly Alert[];
  readonly hasMore: boolean;
}

interface Filters {
  readonly severities: readonly Severity[];
  readonly text: string;
}

const none: Filters = { severities: [], text: '' };

/** Active and resolved alerts, with filters for both. */
export function AlertList({ past: given, hasMore }: AlertListProps) {
  const t = useTranslations('alertPages');
  const a = useTranslations('alerts');
  const alerts = useAlerts();
  const sync = useAlertSync();
  const words = useAlertText();
  const { act, isBusy, problem } = useAct();
  const [filters, setFilters] = useState(none);
  const [older, setOlder] = useState<readonly Alert[] | null>(null);
  const { severities, text } = filters;
  const isFiltered = severities.length > 0 || text !== '';

  const wanted = text.trim().toLowerCase();
  const passes = (alert: Alert) =>
    (severities.length === 0 || severities.includes(alert.severity)) &&
    `${words.name(alert)} ${words.text(alert)} ${alert.name} ${alert.metric}`.toLowerCase().includes(wanted);
  const ruleless = useAlertsWithoutRule();
  const shownRuleless = ruleless.filter(
    (one) =>
      (severities.length === 0 || severities.includes(one.severity)) &&
      one.name.toLowerCase().includes(wanted),
  );
  const active = activeFirst(alerts);
  const shownActive = active.filter(passes);
  const resolved = alerts.filter(({ state }) => state === 'resolved');
  const known = new Set(alerts.map(({ alertId }) => alertId));
  const past = [...resolved, ...(older ?? given).filter(({ alertId }) => !known.has(alertId))];
  const shownPast = past.filter(passes);

  const showOlder = async () => {
    const answer = await request<{ items: readonly Alert[] }>('/api/alerts?state=resolved');
    if (answer.ok) setOlder(answer.value.items);
  };

  return (
    <>
      <search aria-label={t('filter.label')} className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          value={text}
          onChange={(event) => setFilters({ ...filters, text: event.target.value })}
          aria-label={t('filter.text')}
          placeholder={t('filter.text')}
          className="w-full sm:w-64"
        />
        <SeverityChips
          label={t('filter.severity')}
          chosen={severities}
          onChange={(chosen) => setFilters({ ...filters, severities: chosen })}
        />
        {isFiltered && (
          <TextButton onClick={() => setFilters(none)} className="h-8 px-1 text-xs text-soft hover:text-ink">
            {t('filter.clear')}
          </TextButton>
        )}
      </search>
      <Problem>{problem}</Problem>
      <Card aria-label={t('active')} className="p-3 sm:p-4">
        <h2 className="mb-1 text-sm font-semibold">{t('active')}</h2>
        {ruleless.length + active.length === 0 ? (
          <AllWell large />
        ) : shownRuleless.length + shownActive.length === 0 ? (
          <EmptyState>{t('none')}</EmptyState>
        ) : (
          <ul className="grid gap-0.5">
            {shownRuleless.map((alert) => (
              <li key={alert.alertId} className="px-2">
                <RulelessAlertLine alert={alert} />
              </li>
            ))}
            {shownActive.map((alert) => (
              <li key={alert.alertId} className="flex flex-wrap items-start gap-x-3 px-2 pb-1 sm:pb-0">
                <div className="min-w-0 flex-[1_1_22rem]">
                  <AlertLine alert={alert} />
                </div>
                {alert.acknowledgedAt === null && (
                  <Button
                    size="sm"
                    disabled={isBusy}
                    aria-label={`${a('ack')}: ${words.name(alert)}`}
                    onClick={() =>
                      act('POST', `/api/alerts/${encodeURIComponent(alert.alertId)}/acknowledge`)
                    }
                    className="mt-1 ml-6.5 sm:ml-0"
                  >
                    {a('ack')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {sync.total > active.length && (
          <p className="px-2 pt-2 text-xs text-soft">
            {t('moreActive', { count: sync.total - active.length })}
          </p>
        )}
      </Card>
      <Card aria-label={t('past')} className="p-3 sm:p-4">
        <h2 className="mb-1 flex items-baseline justify-between text-sm font-semibold">
          {t('past')}
          {past.length > 0 && (
            <span className="text-xs font-normal text-soft">{t('pastHint', { count: past.length })}</span>
          )}
        </h2>
        {shownPast.length === 0 ? (
          <EmptyState>{t(past.length === 0 ? 'noPast' : 'none')}</EmptyState>
        ) : (
          <ul className="grid gap-0.5">
            {shownPast.map((alert) => (
              <li key={alert.alertId} className="px-2">
                <AlertLine alert={alert} />
              </li>
            ))}
          </ul>
        )}
        {hasMore && !older && (
          <Button onClick={showOlder} className="mt-2">
            {t('showAll')}
          </Button>
        )}
      </Card>
    </>
  );
}
