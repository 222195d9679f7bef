'use client';

import { useTranslations } from 'next-intl';
import { startTransition, useOptimistic } from 'react';
import { useAlerts } from '@/lib/client/react/alerts';
import type { Rule } from '@/lib/protocol/alerting';
import { Badge } from '../../ui/badge';
import { LinkButton } from '../../ui/button';
import { Card } from '../../ui/card';
import { Switch } from '../../ui/checkbox';
import { EmptyState } from '../../ui/empty-state';
import { Problem } from '../../ui/problem';
import { unsilencedFiring } from '../active-alerts';
import { useAlertText } from '../alert-text';
import { SeverityIcon } from '../severity';
import { useRuleText } from './rule-text';
import { useAct } from './use-act';

const ruleAddress = (id: string) => `/alerts/rules/${encodeURIComponent(id)}`;

/** Every rule in a line: its condition, whether it is enabled, and whether it fires. */
export function RuleList({ rules }: { readonly rules: readonly Rule[] }) {
  const t = useTranslations('rules');
  const a = useTranslations('alerts');
  const words = useAlertText();
  const say = useRuleText();
  const firing = unsilencedFiring(useAlerts());
  const { act, isBusy, problem } = useAct();
  const nameOf = ({ name, id }: Rule) => words.name({ name, ruleId: id });
  // Shown as requested until the server has answered.
  const [asked, ask] = useOptimistic<Readonly<Record<string, boolean>>>({});
  const isOn = ({ id, enabled }: Rule) => asked[id] ?? enabled;
  const toggle = (rule: Rule) =>
    startTransition(async () => {
      ask({ ...asked, [rule.id]: !rule.enabled });
      const path = `/api/alerts/rules/${encodeURIComponent(rule.id)}`;
      await act('PUT', path, { ...rule, enabled: !rule.enabled });
    });

  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="text-lg font-semibold">{t('title')}</h1>
        <p className="text-[0.8125rem] text-soft">
          {t('count', { on: rules.filter(isOn).length, count: rules.length })}
        </p>
        <LinkButton href="/alerts/rules/new" variant="primary" className="ml-auto">
          {t('new')}
        </LinkButton>
      </header>
      <Problem>{problem}</Problem>
      <Card aria-label={t('title')} className="px-4 py-1">
        {rules.length === 0 && <EmptyState>{t('none')}</EmptyState>}
        <ul>
          {rules.map((rule) => {
            const count = firing.filter(({ ruleId }) => ruleId === rule.id).length;
            return (
              <li key={rule.id} className="flex items-center gap-3 border-line py-2.5 not-first:border-t">
                <SeverityIcon tone={rule.severity} className={`size-4 ${isOn(rule) ? '' : 'opacity-40'}`} />
                <a
                  href={ruleAddress(rule.id)}
                  className="group min-w-0 flex-1 rounded text-[0.8125rem] leading-5"
                >
                  <span className="flex flex-wrap items-baseline gap-x-2">
                    <b
                      className={`font-semibold underline-offset-2 [overflow-wrap:anywhere] group-hover:underline ${isOn(rule) ? '' : 'text-soft'}`}
                    >
                      <span className="sr-only">{`${a(`severity.${rule.severity}`)}: `}</span>
                      {nameOf(rule)}
                    </b>
                    {count > 0 && <Badge tone="bad">{a('state.firing')}</Badge>}
                  </span>
                  <span className="block text-xs leading-5 text-soft [overflow-wrap:anywhere]">
                    {say(rule)}
                  </span>
                </a>
                <Switch
                  isOn={isOn(rule)}
                  disabled={isBusy}
                  onChange={() => toggle(rule)}
                  label={t('onNamed', { name: nameOf(rule) })}
                  className="shrink-0"
                />
              </li>
            );
          })}
        </ul>
      </Card>
    </>
  );
}
