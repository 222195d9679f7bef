'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { type Comparison, mayUseOwnLimit, ruleTextMax } from '@/lib/protocol/alerting';
import { Checkbox, Switch } from '../../ui/checkbox';
import { Field } from '../../ui/field';
import { Input } from '../../ui/input';
import { Radio } from '../../ui/radio';
import { Select } from '../../ui/select';
import { useMetricUnit, useMetricValue } from '../metric-name';
import { SeverityIcon, worstFirst } from '../severity';
import { type MetricSummary, matching } from './metric-options';
import { MetricPicker } from './metric-picker';
import { type DraftErrors, type DraftField, type ForUnit, forUnits, type RuleDraft } from './rule-draft';

export interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly errors: DraftErrors;
  /** The server's errors, by field. */
  readonly refused: Readonly<Record<string, string>>;
  /** A field is checked once it has lost focus, all of them once the rule was submitted. */
  readonly isChecked: (field: DraftField) => boolean;
  readonly metrics: readonly MetricSummary[];
  readonly onChange: (change: Partial<RuleDraft>) => void;
  readonly onLeave: (field: DraftField) => void;
}

const comparisons: readonly Comparison[] = ['above', 'below', 'risesFasterThan', 'fullWithinHours', 'absent'];
const thresholdLabels = {
  above: 'threshold',
  below: 'threshold',
  risesFasterThan: 'thresholdRise',
  fullWithinHours: 'thresholdHours',
  absent: 'thresholdAbsent',
} as const;

/** All fields of a rule. */
export function RuleForm({ draft, errors, refused, isChecked, metrics, onChange, onLeave }: RuleFormProps) {
  const t = useTranslations('rules');
  const severity = useTranslations('alerts.severity');
  const unitOf = useMetricUnit();
  const say = useMetricValue();
  const { comparison, metric } = draft;
  const found = matching(metrics, metric);
  const unit = unitOf(found[0]?.name ?? metric);

  const errorOf = (field: DraftField) => {
    const error = isChecked(field) ? errors[field] : undefined;
    if (error) return t(`error.${error}`, { max: ruleTextMax });
    const message = refused[field];
    return message === undefined ? undefined : t('error.server', { message });
  };
  const text = (
    field: DraftField,
    key: 'name' | 'threshold' | 'clearThreshold' | 'forAmount',
    aside?: ReactNode,
  ) => (
    <div className="flex items-center gap-2">
      <Input
        value={draft[key]}
        inputMode={key === 'name' ? 'text' : 'decimal'}
        onChange={(event) => onChange({ [key]: event.target.value })}
        onBlur={() => onLeave(field)}
        className="w-full"
      />
      {aside}
    </div>
  );
  const about = () => {
    if (metric === '') return t('field.metricHint');
    if (metric.includes('*') && found.length > 0) return t('field.metricMany', { count: found.length });
    const one = found[0];
    return one
      ? t('field.metricOne', { last: say(one.name, one.last?.value ?? null) })
      : t('field.metricNone');
  };
  const unitText = (word: string) => word && <span className="shrink-0 text-xs text-soft">{word}</span>;
  const thresholdUnit =
    comparison === 'fullWithinHours'
      ? t('unit.h')
      : comparison === 'absent'
        ? ''
        : comparison === 'risesFasterThan'
          ? t('unit.perMinute', { unit })
          : unit;
  const isOwn = draft.isOwnLimit && mayUseOwnLimit(draft);

  return (
    <div className="grid gap-4">
      <Field label={t('field.name')} hint={t('field.nameHint')} error={errorOf('name')}>
        {text('name', 'name')}
      </Field>
      <Field label={t('field.metric')} hint={about()} error={errorOf('metric')}>
        <MetricPicker metrics={metrics} value={metric} onChange={(next) => onChange({ metric: next })} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('field.comparison')}>
          <Select
            value={comparison}
            options={comparisons}
            labelOf={(one) => t(`comparison.${one}`)}
            onChange={(next) => onChange({ comparison: next })}
            className="w-full"
          />
        </Field>
        {isOwn ? (
          <p className="self-end pb-2 text-[0.8125rem] text-soft">{t('field.ownLimit')}</p>
        ) : (
          <Field
            label={t(`field.${thresholdLabels[comparison]}`)}
            hint={comparison === 'absent' ? t('field.absentHint') : undefined}
            error={errorOf('threshold')}
          >
            {text('threshold', 'threshold', unitText(thresholdUnit))}
          </Field>
        )}
        {mayUseOwnLimit(draft) && (
          <Checkbox
            isOn={draft.isOwnLimit}
            onChange={(isOwnLimit) => onChange({ isOwnLimit })}
            className="text-[0.8125rem] sm:col-span-2"
          >
            {t('field.ownLimit')}
          </Checkbox>
        )}
        <Field label={t('field.for')} error={errorOf('forSeconds')}>
          {text(
            'forSeconds',
            'forAmount',
            <Select
              aria-label={t('field.for')}
              value={draft.forUnit}
              options={Object.keys(forUnits) as ForUnit[]}
              labelOf={(one) => t(`unit.${one}`)}
              onChange={(forUnit) => onChange({ forUnit })}
              className="shrink-0"
            />,
          )}
        </Field>
        {comparison !== 'absent' && !isOwn && (
          <Field label={t('field.clear')} hint={t('field.clearHint')} error={errorOf('clearThreshold')}>
            {text('clearThreshold', 'clearThreshold', unitText(thresholdUnit))}
          </Field>
        )}
      </div>
      <fieldset>
        <legend className="mb-1 text-[0.8125rem] leading-5 font-medium">{t('field.severity')}</legend>
        <div className="flex flex-wrap gap-1.5">
          {worstFirst.map((one) => (
            <Radio
              key={one}
              group="severity"
              value={one}
              isChosen={draft.severity === one}
              onChoose={() => onChange({ severity: one })}
              appearance="chip"
            >
              <SeverityIcon tone={one} className="size-3.5" />
              {severity(one)}
            </Radio>
          ))}
        </div>
      </fieldset>
      <Switch
        isOn={draft.enabled}
        onChange={(enabled) => onChange({ enabled })}
        className="w-fit text-[0.8125rem]"
      >
        {t('field.enabled')}
      </Switch>
    </div>
  );
}
