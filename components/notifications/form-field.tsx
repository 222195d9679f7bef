'use client';

import { useTranslations } from 'next-intl';
import { Checkbox } from '../ui/checkbox';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import type { Field as ChannelField } from './fields';

export interface FormFieldProps {
  readonly field: ChannelField;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onLeave?: () => void;
  /** What is wrong, in words; `null` when nothing is. */
  readonly error: string | null;
  /** A secret that the server has: left empty, it stays. */
  readonly kept?: string | null;
  /** Whether the stored secret is deleted; without `onClear` it is kept. */
  readonly isCleared?: boolean;
  readonly onClear?: (clear: boolean) => void;
}

/** A label, the input, a hint and the error. */
export function FormField(props: FormFieldProps) {
  const { field, value, onChange, onLeave, error, kept = null, isCleared = false, onClear } = props;
  const t = useTranslations('notifications');
  const label = t(`field.${field.name}` as 'field.name');
  const hintKey = `hint.${field.name}` as 'hint.topic';
  const hint = t.has(hintKey) ? t(hintKey) : null;
  return (
    <div className="min-w-0">
      <Field
        label={label}
        aside={field.isOptional ? t('form.optional') : undefined}
        hint={hint}
        error={error}
      >
        {field.input === 'select' ? (
          <Select
            name={field.name}
            value={value}
            options={field.options ?? []}
            labelOf={(option) => t(`option.${option}` as 'option.info')}
            onChange={onChange}
            onBlur={onLeave}
            className="w-full"
          />
        ) : (
          <Input
            name={field.name}
            value={value}
            type={field.input === 'password' ? 'password' : 'text'}
            inputMode={field.input === 'number' ? 'numeric' : field.input === 'url' ? 'url' : undefined}
            autoComplete={field.input === 'password' ? 'new-password' : 'off'}
            autoCapitalize="none"
            spellCheck={false}
            disabled={isCleared}
            required={!field.isOptional && kept === null}
            placeholder={kept === null ? field.placeholder : t('form.kept', { shown: kept })}
            onChange={(event) => onChange(event.target.value)}
            onBlur={onLeave}
            className="w-full"
          />
        )}
      </Field>
      {kept !== null && field.isOptional && onClear && (
        <Checkbox isOn={isCleared} onChange={onClear} className="mt-1 text-xs text-soft">
          {t('form.clear')}
        </Checkbox>
      )}
    </div>
  );
}
