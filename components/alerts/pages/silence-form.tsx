'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useLiveStore } from '@/lib/client/react/hooks';
import { type Rule, type Severity, silenceCommentMax } from '@/lib/protocol/alerting';
import { buttonLook, cardLook, fieldLook, primaryLook } from '../../ui/look';
import { useDuration } from '../duration';
import { worstFirst } from '../severity';
import { useAlertWords } from '../words';
import { Field } from './field';
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

/** What to silence, when, and why. */
export function SilenceForm({ rules, acting: { act, isBusy, problem }, onDone }: SilenceFormProps) {
  const t = useTranslations('silences');
  const r = useTranslations('rules');
  const severity = useTranslations('alerts.severity');
  const words = useAlertWords();
  const duration = useDuration();
  const store = useLiveStore();
  const [draft, setDraft] = useState(newSilence);
  const [isJudged, setIsJudged] = useState(false);
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const errors = isJudged ? silenceErrors(draft, store.hostNow()) : {};

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
    setIsJudged(true);
    const now = store.hostNow();
    if (Object.keys(silenceErrors(draft, now)).length > 0) return;
    const answer = await act('POST', '/api/alerts/silences', silenceBody(draft, now));
    if (answer.ok) onDone();
    else setRefused(Object.fromEntries(answer.errors.map(({ path, message }) => [path, message])));
  };

  const wide = `${fieldLook} w-full`;
  const minutes = (label: string) => (
    <Field label={label}>
      {(wiring) => (
        <select
          {...wiring}
          value={draft.minutes}
          onChange={(event) => change({ minutes: Number(event.target.value) })}
          className={wide}
        >
          {choices.map((one) => (
            <option key={one} value={one}>
              {duration(one * 60_000)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const moment = (field: 'from' | 'to') => (
    <Field label={t(field)} error={errorOf(field)}>
      {(wiring) => (
        <input
          {...wiring}
          type="datetime-local"
          value={draft[field]}
          onChange={(event) => change({ [field]: event.target.value })}
          className={wide}
        />
      )}
    </Field>
  );

  return (
    <form
      noValidate
      onSubmit={create}
      aria-label={t('new')}
      className={`${cardLook} grid gap-4 p-4 sm:grid-cols-2`}
    >
      <Field label={t('what')} error={draft.what === 'all' ? errorOf('what') : undefined}>
        {(wiring) => (
          <select
            {...wiring}
            value={draft.what}
            onChange={(event) => change({ what: event.target.value as SilenceDraft['what'] })}
            className={wide}
          >
            {whats.map((one) => (
              <option key={one} value={one}>
                {t(one)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.what === 'rule' && (
        <Field label={t('rule')} error={errorOf('what')}>
          {(wiring) => (
            <select
              {...wiring}
              value={draft.ruleId}
              onChange={(event) => change({ ruleId: event.target.value })}
              className={wide}
            >
              <option value="">–</option>
              {rules.map(({ id, name }) => (
                <option key={id} value={id}>
                  {words.name({ name, ruleId: id })}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {draft.what === 'metric' && (
        <Field label={t('metric')} error={errorOf('what')}>
          {(wiring) => (
            <input
              {...wiring}
              value={draft.metric}
              placeholder="disk.*"
              spellCheck={false}
              onChange={(event) => change({ metric: event.target.value })}
              className={`${wide} font-mono`}
            />
          )}
        </Field>
      )}
      {draft.what === 'severity' && (
        <Field label={t('severity')}>
          {(wiring) => (
            <select
              {...wiring}
              value={draft.severity}
              onChange={(event) => change({ severity: event.target.value as Severity })}
              className={wide}
            >
              {worstFirst.map((one) => (
                <option key={one} value={one}>
                  {severity(one)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <div className={draft.what === 'all' ? '' : 'sm:col-start-1'}>
        <Field label={t('when')}>
          {(wiring) => (
            <select
              {...wiring}
              value={draft.when}
              onChange={(event) => change({ when: event.target.value as SilenceDraft['when'] })}
              className={wide}
            >
              {whens.map((one) => (
                <option key={one} value={one}>
                  {t(one)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {draft.when === 'forNow' && minutes(t('for'))}
      {draft.when === 'span' && (
        <div className="grid gap-4 sm:col-span-2 sm:grid-cols-2">
          {moment('from')}
          {moment('to')}
        </div>
      )}
      {draft.when === 'cron' && (
        <div className="grid gap-4 sm:col-span-2 sm:grid-cols-2">
          <Field label={t('cronLabel')} hint={t('cronHint')} error={errorOf('cron')}>
            {(wiring) => (
              <input
                {...wiring}
                value={draft.cron}
                spellCheck={false}
                onChange={(event) => change({ cron: event.target.value })}
                className={`${wide} font-mono`}
              />
            )}
          </Field>
          {minutes(t('each'))}
        </div>
      )}
      <Field label={t('comment')} hint={t('commentHint')} className="sm:col-span-2">
        {(wiring) => (
          <input
            {...wiring}
            value={draft.comment}
            maxLength={silenceCommentMax}
            onChange={(event) => change({ comment: event.target.value })}
            className={wide}
          />
        )}
      </Field>
      <p role="alert" className="text-[0.8125rem] text-bad empty:hidden sm:col-span-2">
        {problem}
      </p>
      <div className="flex gap-2 sm:col-span-2">
        <button type="submit" disabled={isBusy} className={primaryLook}>
          {t('create')}
        </button>
        <button type="button" onClick={onDone} className={buttonLook}>
          {r('cancel')}
        </button>
      </div>
    </form>
  );
}
