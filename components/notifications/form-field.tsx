'use client';

import { useTranslations } from 'next-intl';
import { useId } from 'react';
import type { Field } from './fields';

export const inputLook =
  'h-10 w-full min-w-0 rounded-lg border border-line bg-page px-3 text-base text-ink placeholder:text-faint sm:h-9 sm:text-[0.8125rem] aria-invalid:border-bad';

export interface FormFieldProps {
  readonly field: Field;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onLeave?: () => void;
  /** What is wrong, in words; `null` when nothing is. */
  readonly error: string | null;
  /** A secret that the server has: left empty, it stays. */
  readonly kept?: string | null;
  /** Whether what is kept shall go; without the means to say so it stays. */
  readonly isCleared?: boolean;
  readonly onClear?: (clear: boolean) => void;
}

/** A label, what is typed, what it means, and what is wrong with it. */
export function FormField(props: FormFieldProps) {
  const { field, value, onChange, onLeave, error, kept = null, isCleared = false, onClear } = props;
  const t = useTranslations('notifications');
  const id = useId();
  const label = t(`field.${field.name}` as 'field.name');
  const hintKey = `hint.${field.name}` as 'hint.topic';
  const hint = t.has(hintKey) ? t(hintKey) : null;
  const shared = {
    id,
    name: field.name,
    value,
    onBlur: onLeave,
    'aria-invalid': error !== null || undefined,
    'aria-describedby': `${id}-hint`,
    className: inputLook,
  };
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 flex items-baseline gap-2 text-[0.8125rem] font-medium">
        {label}
        {field.isOptional && <span className="text-xs font-normal text-soft">{t('form.optional')}</span>}
      </label>
      {field.input === 'select' ? (
        <select {...shared} onChange={(event) => onChange(event.target.value)}>
          {(field.options ?? []).map((option) => (
            <option key={option} value={option}>
              {t(`option.${option}` as 'option.info')}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          type={field.input === 'password' ? 'password' : 'text'}
          inputMode={field.input === 'number' ? 'numeric' : field.input === 'url' ? 'url' : undefined}
          autoComplete={field.input === 'password' ? 'new-password' : 'off'}
          autoCapitalize="none"
          spellCheck={false}
          disabled={isCleared}
          required={!field.isOptional && kept === null}
          placeholder={kept === null ? field.placeholder : t('form.kept', { shown: kept })}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      <p id={`${id}-hint`} className={`mt-1 text-xs ${error === null ? 'text-soft' : 'text-bad'}`}>
        {error ?? hint}
      </p>
      {kept !== null && field.isOptional && onClear && (
        <label className="mt-1 flex items-center gap-2 text-xs text-soft">
          <input
            type="checkbox"
            checked={isCleared}
            onChange={(event) => onClear(event.target.checked)}
            className="size-4 accent-[var(--hue-cpu)]"
          />
          {t('form.clear')}
        </label>
      )}
    </div>
  );
}
