'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { SeverityChips } from '../alerts/severity-chips';
import { TextButton } from '../ui/button';
import { Chip } from '../ui/chip';
import { Input } from '../ui/input';
import { Select } from '../ui/select';
import { isFiltered, type LogFilters, noFilters, type Span, spans } from './filters';

export interface FilterBarProps {
  readonly filters: LogFilters;
  /** Types that programs made up, as far as they are known. */
  readonly customTypes: readonly string[];
  readonly onChange: (filters: LogFilters) => void;
}

const own = ['system-alert', 'user-login', 'user-logout', 'message'] as const;
const spanTexts = { any: 'anyTime', hour: 'hour', day: 'day', week: 'week' } as const;
const typingMs = 250;

function toggled<T>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

export function FilterBar({ filters, customTypes, onChange }: FilterBarProps) {
  const t = useTranslations('log');
  const [text, setText] = useState(filters.text);

  useEffect(() => {
    if (text === filters.text) return;
    const timer = setTimeout(() => onChange({ ...filters, text }), typingMs);
    return () => clearTimeout(timer);
  }, [text, filters, onChange]);

  const others = [...new Set([...customTypes, ...filters.types])].filter(
    (type) => !(own as readonly string[]).includes(type),
  );
  const nameOf = (type: string) =>
    own.includes(type as (typeof own)[number]) ? t(`type.${type as (typeof own)[number]}`) : type;
  return (
    <search className="flex flex-wrap items-center gap-2">
      <Input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-label={t('search')}
        placeholder={t('searchHint')}
        className="w-full sm:w-56"
      />
      <Select
        aria-label={t('time')}
        value={filters.span}
        options={Object.keys(spans) as Span[]}
        labelOf={(span) => t(spanTexts[span])}
        onChange={(span) => onChange({ ...filters, span })}
      />
      <SeverityChips
        label={t('severities')}
        chosen={filters.severities}
        onChange={(severities) => onChange({ ...filters, severities })}
      />
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">{t('types')}</legend>
        {[...own, ...others].map((type) => (
          <Chip
            key={type}
            isOn={filters.types.includes(type)}
            onClick={() => onChange({ ...filters, types: toggled(filters.types, type) })}
          >
            {nameOf(type)}
          </Chip>
        ))}
      </fieldset>
      {isFiltered(filters) && (
        <TextButton
          onClick={() => {
            setText('');
            onChange(noFilters);
          }}
          className="h-8 px-1 text-xs text-soft hover:text-ink"
        >
          {t('clear')}
        </TextButton>
      )}
    </search>
  );
}
