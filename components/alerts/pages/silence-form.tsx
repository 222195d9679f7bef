'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useLiveStore } from '@/lib/client/react/hooks';
import { type Rule, silenceCommentMax } from '@/lib/protocol/alerting';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Problem } from '../../ui/problem';
import { Select } from '../../ui/select';
import { useAlertText } from '../alert-text';
import { worstFirst } from '../severity';
import { useDuration } from '../use-duration';
import {
  newSilence,
  type SilenceDraft,
  type SilenceField,
  silenceBody,
  silenceErrors,
} from './silence-draft';
import type { Acting } from './use-act';

export interface SilenceFormProps {
  readonly rules: readonly Rule[];
  readonly acting: Acting;
  readonly onDone: () => void;
}

const whats = ['all', 'rule', 'metric', 'severity'] as const;
const whens = ['forNow', 'span', 'cron'] as const;
const choices = [15, 30, 60, 120, 240, 480, 1_440, 10_080] as const;

interface FieldsProps {
  readonly draft: SilenceDraft;
  readonly onChange: (part: Partial<SilenceDraft>) => void;
  readonly errorOf: (field: SilenceField) => string | undefined;
}

function MatcherFields({ draft, onChange, errorOf, rules }: FieldsProps & Pick<SilenceFormProps, 'rules'>) {
  const t = useTranslations('silences');
  const severity = useTranslations('alerts.severity');
  const words = useAlertText();
  const ruleName = (id: string) => {
    const rule = rules.find((one) => one.id === id);
    return rule ? words.name({ name: rule.name, ruleId: id }) : '–';
  };
  return (
    <>
      <Field label={t('what')} error={draft.what === 'all' ? errorOf('what') : undefined}>
        <Select
          value={draft.what}
          options={whats}
          labelOf={(one) => t(one)}
          onChange={(what) => onChange({ what })}
          className="w-full"
        />
      </Field>
      {draft.what === 'rule' && (
        <Field label={t('rule')} error={errorOf('what')}>
          <Select
            value={draft.ruleId}
            options={['', ...rules.map(({ id }) => id)]}
            labelOf={ruleName}
            onChange={(ruleId) => onChange({ ruleId })}
            className="w-full"
          />
        </Field>
      )}
      {draft.what === 'metric' && (
        <Field label={t('metric')} error={errorOf('what')}>
          <Input
            value={draft.metric}
            placeholder="disk.*"
            spellCheck={false}
            onChange={(event) => onChange({ metric: event.target.value })}
            className="w-full font-mono"
          />
        </Field>
      )}
      {draft.what === 'severity' && (
        <Field label={t('severity')}>
          <Select
            value={draft.severity}
            options={worstFirst}
            labelOf={(one) => severity(one)}
            onChange={(chosen) => onChange({ severity: chosen })}
            className="w-full"
          />
        </Field>
      )}
    </>
  );
}

function TimeFields({ draft, onChange, errorOf }: FieldsProps) {
  const t = useTranslations('silences');
  const duration = useDuration();
  const minutes = (label: string) => (
    <Field label={label}>
      <Select
        value={draft.minutes}
        options={choices}
        labelOf={(one) => duration(one * 60_000)}
        onChange={(chosen) => onChange({ minutes: chosen })}
        className="w-full"
      />
    </Field>
  );
  const time = (field: 'from' | 'to') => (
    <Field label={t(field)} error={errorOf(field)}>
      <Input
        type="datetime-local"
        value={draft[field]}
        onChange={(event) => onChange({ [field]: event.target.value })}
        className="w-full"
      />
    </Field>
  );
  return (
    <>
      <div className={draft.what === 'all' ? '' : 'sm:col-start-1'}>
        <Field label={t('when')}>
          <Select
            value={draft.when}
            options={whens}
            labelOf={(one) => t(one)}
            onChange={(when) => onChange({ when })}
            className="w-full"
          />
        </Field>
      </div>
      {draft.when === 'forNow' && minutes(t('for'))}
      {draft.when === 'span' && (
        <div className="grid gap-4 sm:col-span-2 sm:grid-cols-2">
          {time('from')}
          {time('to')}
        </div>
      )}
      {draft.when === 'cron' && (
        <div className="grid gap-4 sm:col-span-2 sm:grid-cols-2">
          <Field label={t('cronLabel')} hint={t('cronHint')} error={errorOf('cron')}>
            <Input
              value={draft.cron}
              spellCheck={false}
              onChange={(event) => onChange({ cron: event.target.value })}
              className="w-full font-mono"
            />
          </Field>
          {minutes(t('each'))}
        </div>
      )}
    </>
  );
}

/** The matcher, the time and the comment of a new silence. */
export function SilenceForm({ rules, acting: { act, isBusy, problem }, onDone }: SilenceFormProps) {
  const t = useTranslations('silences');
  const r = useTranslations('rules');
  const store = useLiveStore();
  const [draft, setDraft] = useState(newSilence);
  const [isChecked, setIsChecked] = useState(false);
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const errors = isChecked ? silenceErrors(draft, store.hostNow()) : {};

  const change = (part: Partial<SilenceDraft>) => {
    setDraft((old) => ({ ...old, ...part }));
    setRefused({});
  };
  const errorOf = (field: SilenceField) => {
    const error = errors[field];
    if (error) return t(`error.${error}`);
    const message = refused[field];
    return message === undefined ? undefined : r('error.server', { message });
  };
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    const now = store.hostNow();
    if (Object.keys(silenceErrors(draft, now)).length > 0) return;
    const answer = await act('POST', '/api/alerts/silences', silenceBody(draft, now));
    if (answer.ok) onDone();
    else setRefused(Object.fromEntries(answer.errors.map(({ path, message }) => [path, message])));
  };

  return (
    <Card
      as="form"
      noValidate
      onSubmit={create}
      aria-label={t('new')}
      className="grid gap-4 p-4 sm:grid-cols-2"
    >
      <MatcherFields draft={draft} onChange={change} errorOf={errorOf} rules={rules} />
      <TimeFields draft={draft} onChange={change} errorOf={errorOf} />
      <Field label={t('comment')} hint={t('commentHint')} className="sm:col-span-2">
        <Input
          value={draft.comment}
          maxLength={silenceCommentMax}
          onChange={(event) => change({ comment: event.target.value })}
          className="w-full"
        />
      </Field>
      <Problem className="sm:col-span-2">{problem}</Problem>
      <div className="flex gap-2 sm:col-span-2">
        <Button type="submit" variant="primary" disabled={isBusy}>
          {t('create')}
        </Button>
        <Button onClick={onDone}>{r('cancel')}</Button>
      </div>
    </Card>
  );
}
