'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { SeverityIcon, worstFirst } from '../alerts/severity';
import { chipLook, fieldLook } from '../ui/look';
import { isFiltered, type LogFilters, noFilters, type Span, spans } from './filters';

export interface FilterBarProps {
  readonly filters: LogFilters;
  /** Types that programs made up, as far as they are known. */
  readonly invented: readonly string[];
  readonly onChange: (filters: LogFilters) => void;
}

const own = ['system-alert', 'user-login', 'user-logout', 'message'] as const;
const spanTexts = { any: 'anyTime', hour: 'hour', day: 'day', week: 'week' } as const;
const typingMs = 250;

function toggled<T>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

export function FilterBar({ filters, invented, onChange }: FilterBarProps) {
  const t = useTranslations('log');
  const severity = useTranslations('alerts.severity');
  const [text, setText] = useState(filters.text);

  useEffect(() => {
    if (text === filters.text) return;
    const timer = setTimeout(() => onChange({ ...filters, text }), typingMs);
    return () => clearTimeout(timer);
  }, [text, filters, onChange]);

  const others = [...new Set([...invented, ...filters.types])].filter(
    (type) => !(own as readonly string[]).includes(type),
  );
  const nameOf = (type: string) =>
    own.includes(type as (typeof own)[number]) ? t(`type.${type as (typeof own)[number]}`) : type;
  return (
    <search className="flex flex-wrap items-center gap-2">
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-label={t('search')}
        placeholder={t('searchHint')}
        className={`${fieldLook} w-full sm:w-56`}
      />
      <select
        aria-label={t('time')}
        value={filters.span}
        onChange={(event) => onChange({ ...filters, span: event.target.value as Span })}
        className={fieldLook}
      >
        {(Object.keys(spans) as Span[]).map((span) => (
          <option key={span} value={span}>
            {t(spanTexts[span])}
          </option>
        ))}
      </select>
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">{t('severities')}</legend>
        {worstFirst.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={filters.severities.includes(one)}
            onClick={() => onChange({ ...filters, severities: toggled(filters.severities, one) })}
            className={chipLook}
          >
            <SeverityIcon tone={one} className="size-3.5" />
            {severity(one)}
          </button>
        ))}
      </fieldset>
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">{t('types')}</legend>
        {[...own, ...others].map((type) => (
          <button
            key={type}
            type="button"
            aria-pressed={filters.types.includes(type)}
            onClick={() => onChange({ ...filters, types: toggled(filters.types, type) })}
            className={chipLook}
          >
            {nameOf(type)}
          </button>
        ))}
      </fieldset>
      {isFiltered(filters) && (
        <button
          type="button"
          onClick={() => {
            setText('');
            onChange(noFilters);
          }}
          className="h-8 cursor-pointer rounded px-1 text-xs text-soft underline-offset-2 hover:text-ink hover:underline"
        >
          {t('clear')}
        </button>
      )}
    </search>
  );
}
