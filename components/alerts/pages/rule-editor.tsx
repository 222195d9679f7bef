'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import type { NewRule, Rule } from '@/lib/protocol/alerting';
import { Button, LinkButton } from '../../ui/button';
import { Card } from '../../ui/card';
import { Problem } from '../../ui/problem';
import { useHydrated } from '../../ui/use-hydrated';
import { useAlertText } from '../alert-text';
import { type MetricSummary, matching } from './metric-options';
import { type DraftField, draftOf, errorsOf, newDraft, type RuleDraft, ruleOf } from './rule-draft';
import { RuleForm } from './rule-form';
import { RulePreview } from './rule-preview';
import { useAct } from './use-act';

export interface RuleEditorProps {
  /** `null` for a new one. */
  readonly rule: Rule | null;
  /** The metric of a new rule, if the address gives one. */
  readonly metric: string;
  readonly metrics: readonly MetricSummary[];
}

const fields: readonly DraftField[] = ['name', 'metric', 'threshold', 'clearThreshold', 'forSeconds'];
const none: Readonly<Record<string, string>> = {};

/** The form of a rule beside its preview. */
export function RuleEditor({ rule, metric, metrics }: RuleEditorProps) {
  const t = useTranslations('rules');
  const words = useAlertText();
  const router = useRouter();
  const { act, isBusy, problem } = useAct();
  const isHydrated = useHydrated();
  const shownName = rule ? words.name({ name: rule.name, ruleId: rule.id }) : '';
  const [draft, setDraft] = useState<RuleDraft>(() =>
    rule ? { ...draftOf(rule), name: shownName } : { ...newDraft, metric },
  );
  const [checked, setChecked] = useState<ReadonlySet<DraftField>>(new Set());
  const [refused, setRefused] = useState(none);
  const [isSure, setIsSure] = useState(false);

  const errors = errorsOf(draft);
  const { name: _name, ...others } = errors;
  const tried: NewRule | null =
    Object.keys(others).length === 0 ? ruleOf({ ...draft, name: 'preview' }) : null;

  const change = (part: Partial<RuleDraft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setRefused(none);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(new Set(fields));
    if (Object.keys(errors).length > 0) return;
    // A default rule that is shown in another language keeps its name.
    const name = rule && draft.name === shownName ? rule.name : draft.name;
    const asked = ruleOf({ ...draft, name });
    const answer = rule
      ? await act('PUT', `/api/alerts/rules/${encodeURIComponent(rule.id)}`, asked)
      : await act('POST', '/api/alerts/rules', asked);
    if (answer.ok) router.push('/alerts/rules');
    else setRefused(Object.fromEntries(answer.errors.map(({ path, message }) => [path, message])));
  };
  const remove = async () => {
    if (!rule) return;
    const answer = await act('DELETE', `/api/alerts/rules/${encodeURIComponent(rule.id)}`);
    if (answer.ok) router.push('/alerts/rules');
  };

  return (
    <>
      <h1 className="text-lg font-semibold">{t(rule ? 'editTitle' : 'new')}</h1>
      <div className="grid gap-3 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
        <Card as="form" noValidate onSubmit={save} className="h-fit p-4">
          <fieldset disabled={!isHydrated} className="contents">
            <RuleForm
              draft={draft}
              errors={errors}
              refused={refused}
              isChecked={(field) => checked.has(field)}
              metrics={metrics}
              onChange={change}
              onLeave={(field) => setChecked((old) => new Set([...old, field]))}
            />
          </fieldset>
          <Problem className="mt-3">{problem}</Problem>
          <div className="mt-5 flex flex-wrap items-center gap-2">
            <Button type="submit" variant="primary" disabled={isBusy}>
              {t(isBusy ? 'saving' : 'save')}
            </Button>
            <LinkButton href="/alerts/rules">{t('cancel')}</LinkButton>
            {rule &&
              (isSure ? (
                <span className="ml-auto flex gap-2">
                  <Button onClick={() => setIsSure(false)}>{t('keep')}</Button>
                  <Button variant="danger" disabled={isBusy} onClick={remove}>
                    {t('deleteSure')}
                  </Button>
                </span>
              ) : (
                <Button onClick={() => setIsSure(true)} className="ml-auto">
                  {t('delete')}
                </Button>
              ))}
          </div>
        </Card>
        <RulePreview rule={tried} metrics={matching(metrics, draft.metric)} />
      </div>
    </>
  );
}
